package io.mempair.proxy.testkit.script;

import io.mempair.proxy.config.ServerAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A memcached inside the test: it reads requests, and does with each what {@link #step} says, or answers at once while it is
 * {@link #automatic}. What its channels were sent stays in its socket when the proxy gives them up. Confined to the loop.
 */
public final class VirtualServer {

    /** One request, or what is left of an answer. */
    private record AskedRequest(String line, String data, String rest) {}

    /** What the server knows of a connection. */
    private static final class Socket {
        private String unread = "";
        private final Deque<AskedRequest> requests = new ArrayDeque<>();
        private boolean ended;
    }

    private final ServerAddress address;
    private final MemcachedModel model;
    private final VirtualLoop loop;
    private final Map<ScriptedChannel, Socket> sockets = new LinkedHashMap<>();
    private final List<String> heard = new ArrayList<>();
    private Predicate<String> automatic = line -> true;
    private boolean accepts = true;
    private int firstPiece;
    private int nextPieces = Integer.MAX_VALUE;
    private boolean refusedStorage;
    private boolean restarted;

    VirtualServer(ServerAddress address, MemcachedModel model, VirtualLoop loop) {
        this.address = address;
        this.model = model;
        this.loop = loop;
    }

    /** Where it is. */
    public ServerAddress address() {
        return address;
    }

    /** What it holds. */
    public MemcachedModel model() {
        return model;
    }

    /** Lines it has carried out or refused, oldest first, but for those of handshakes. */
    public List<String> heard() {
        return heard;
    }

    /** Whether it has refused to store something. */
    public boolean refusedStorage() {
        return refusedStorage;
    }

    /** Whether it was restarted by a step. */
    public boolean restarted() {
        return restarted;
    }

    /** Lines of this kind are answered when they come, and wait for no step. */
    public void automatic(Predicate<String> lines) {
        automatic = lines;
        loop.eventLoop().execute(this::answerAutomatic);
    }

    /** Answers come in a first piece of so many bytes, which may be 0, and then in pieces of so many. */
    public void pieces(int first, int next) {
        firstPiece = first;
        nextPieces = next;
    }

    /** Whether a line belongs to what a new connection is asked. */
    public static boolean isHandshake(String line) {
        return line.equals("version") || line.startsWith("stats") || line.contains("mempair:process:");
    }

    /** Whether connections are accepted; those that are there break if not. */
    public void reachable(boolean is) {
        accepts = is;
        if (!is) {
            List.copyOf(sockets.keySet()).forEach(this::breakOff);
        }
        loop.settle();
    }

    boolean accepts() {
        return accepts;
    }

    void opened(ScriptedChannel channel) {
        sockets.put(channel, new Socket());
    }

    void received(ScriptedChannel channel, String bytes) {
        Socket socket = sockets.get(channel);
        if (socket == null) {
            return;
        }
        socket.unread += bytes;
        cut(socket);
        loop.eventLoop().execute(this::answerAutomatic);
    }

    private static void cut(Socket socket) {
        int lineEnd = socket.unread.indexOf("\r\n");
        while (lineEnd >= 0) {
            String line = socket.unread.substring(0, lineEnd);
            int data = MemcachedModel.dataBytes(line);
            int end = lineEnd + 2 + (data < 0 ? 0 : data + 2);
            if (socket.unread.length() < end) {
                return;
            }
            String block = data < 0 ? "" : socket.unread.substring(lineEnd + 2, end - 2);
            socket.requests.add(new AskedRequest(line, block, ""));
            socket.unread = socket.unread.substring(end);
            lineEnd = socket.unread.indexOf("\r\n");
        }
    }

    /** The proxy has closed: what was not read never is. */
    void closed(ScriptedChannel channel) {
        sockets.remove(channel);
    }

    /** The proxy sends no more, and waits for the close. */
    void endOfInput(ScriptedChannel channel) {
        sockets.get(channel).ended = true;
        loop.eventLoop().execute(this::answerAutomatic);
    }

    private void answerAutomatic() {
        for (Map.Entry<ScriptedChannel, Socket> one : List.copyOf(sockets.entrySet())) {
            Socket socket = one.getValue();
            while (!socket.requests.isEmpty()
                    && automatic.test(socket.requests.peek().line())) {
                answer(one.getKey(), socket, false);
            }
            if (socket.ended && socket.requests.isEmpty()) {
                one.getKey().closedByServer();
            }
        }
    }

    /** Whether a request of a connection in use waits for a step. */
    public boolean isAsked() {
        return sockets.values().stream().anyMatch(socket -> !socket.ended && !socket.requests.isEmpty());
    }

    /** What it was asked, or the rest of an answer that is still to come. */
    public String asked() {
        AskedRequest request = asking().getValue().requests.element();
        return request.rest().isEmpty() ? request.line() : "rest of an answer";
    }

    /** Whether half of an answer is sent, so that only the other half or a break can follow. */
    public boolean isInAnswer() {
        return isAsked() && !asking().getValue().requests.element().rest().isEmpty();
    }

    private Map.Entry<ScriptedChannel, Socket> asking() {
        return sockets.entrySet().stream()
                .filter(one -> !one.getValue().ended && !one.getValue().requests.isEmpty())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is asked of " + address));
    }

    /** Does that with the oldest request. {@link ScriptStep#IS_LATE} does nothing: the test lets time pass. */
    public void step(ScriptStep step) {
        ScriptedChannel channel = asking().getKey();
        Socket socket = sockets.get(channel);
        switch (step) {
            case ANSWERS -> answer(channel, socket, false);
            case ANSWERS_HALF -> answer(channel, socket, true);
            case REFUSES -> {
                AskedRequest request = socket.requests.remove();
                heard.add(request.line());
                refusedStorage |= MemcachedModel.dataBytes(request.line()) >= 0;
                channel.receive(model.refuse(request.line()));
            }
            case DOES_AND_BREAKS -> {
                carryOut(socket.requests.remove());
                breakOff(channel);
            }
            case BREAKS -> breakOff(channel);
            case BREAKS_IN_ANSWER -> {
                answer(channel, socket, true);
                breakOff(channel);
            }
            case RESTARTS -> {
                model.restart();
                restarted = true;
                List.copyOf(sockets.keySet()).forEach(this::breakOff);
            }
            case IS_LATE -> {}
        }
        loop.settle();
    }

    private String carryOut(AskedRequest request) {
        if (!isHandshake(request.line())) {
            heard.add(request.line());
        }
        return model.answer(request.line(), request.data());
    }

    private void answer(ScriptedChannel channel, Socket socket, boolean half) {
        AskedRequest request = socket.requests.remove();
        String answer = request.rest().isEmpty() ? carryOut(request) : request.rest();
        int split = half ? answer.length() / 2 : answer.length();
        if (split < answer.length()) {
            socket.requests.addFirst(new AskedRequest(request.line(), "", answer.substring(split)));
        }
        if (!socket.ended) {
            send(channel, answer.substring(0, split));
        }
    }

    private void send(ScriptedChannel channel, String answer) {
        int sent = 0;
        int piece = firstPiece;
        while (sent < answer.length()) {
            int end = (int) Math.min(answer.length(), (long) sent + piece);
            if (end > sent) {
                channel.receive(answer.substring(sent, end));
            }
            sent = end;
            piece = nextPieces;
        }
    }

    private void breakOff(ScriptedChannel channel) {
        sockets.remove(channel);
        channel.closedByServer();
    }
}
