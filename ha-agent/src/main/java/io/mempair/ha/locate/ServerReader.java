package io.mempair.ha.locate;

import io.mempair.ha.locate.CopyState.PresentCopy;
import io.mempair.ha.locate.CopyState.UnknownCopy;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.backend.LoginRequest;
import io.mempair.proxy.backend.ServerVersion;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.refill.KeyToken;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.tls.TlsContexts;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A connection to one server that asks for items and changes none: {@code mg} with {@code u} leaves them where they are in the LRU.
 * Such a question takes the right to recache a stale item if nobody has it, so it is given back at once. Confined to a thread,
 * which waits; every wait is bounded.
 */
final class ServerReader implements AutoCloseable {

    /** For a connection, and for each piece of an answer. */
    static final Duration SILENCE = Duration.ofSeconds(5);

    /** For all questions of one connection. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int MAX_LINE_BYTES = 2_048;

    private static final int MAX_STATS = 2_000;

    private static final String VERSION = "VERSION ";

    private final Clock clock;
    private final long begunNanos;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ServerVersion version;

    private ServerReader(Socket socket, ServerSecurity security, Clock clock) throws IOException {
        this.clock = clock;
        this.begunNanos = clock.nanoTime();
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        Login login = security.login();
        if (login != null) {
            logIn(login);
        }
        this.version = version();
    }

    /**
     * Connects, with TLS and login as the configuration has them.
     *
     * @throws IOException              why it cannot be asked
     * @throws IllegalArgumentException if the JDK refuses a certificate or key
     */
    static ServerReader connect(ServerAddress address, ServerSecurity security, Clock clock) throws IOException {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new IOException("the name " + address.host() + " cannot be resolved");
        }
        Socket plain = new Socket();
        try {
            plain.connect(resolved, (int) SILENCE.toMillis());
            ServerTlsConfig tls = security.tls();
            Socket socket = tls == null ? plain : TlsContexts.overSocket(tls, plain, address.host(), address.port());
            socket.setSoTimeout((int) SILENCE.toMillis());
            return new ServerReader(socket, security, clock);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private void logIn(Login login) throws IOException {
        out.write(LoginRequest.bytes(login));
        String answer = line();
        if (!answer.equals("STORED")) {
            throw new IOException("answers '" + answer + "' to the login");
        }
    }

    private ServerVersion version() throws IOException {
        send("version");
        String answer = line();
        if (!answer.startsWith(VERSION)) {
            throw new IOException("answers '" + answer + "' to version (expected: a memcached"
                    + (answer.startsWith("CLIENT_ERROR unauth") ? ", and proxy.server-auth-file)" : ")"));
        }
        ServerVersion found = ServerVersion.parse(answer.substring(VERSION.length()));
        if (!found.speaksMeta()) {
            throw new IOException("is memcached " + answer.substring(VERSION.length())
                    + ", which cannot tell a lifetime (expected: 1.6.10 or later)");
        }
        return found;
    }

    /**
     * What the server has of a key, which a command line can express.
     *
     * @throws IOException if the connection cannot be used any more
     */
    CopyState read(Key key) throws IOException {
        KeyToken token = KeyToken.of(key, true);
        if (token == null) {
            throw new IllegalArgumentException("key: " + key.bytes().length + " bytes (expected: what a line can say)");
        }
        String text = new String(token.bytes(), StandardCharsets.ISO_8859_1);
        String encoded = token.encoded() ? " b" : "";
        send("mg " + text + encoded + " u s f t c v");
        String line = line();
        if (line.equals("EN")) {
            return CopyState.NOTHING;
        }
        ItemAnswer answer = ItemAnswer.of(line);
        if (answer == null) {
            return new UnknownCopy("answers '" + line + "' to mg");
        }
        String digest = digest(answer.valueBytes());
        if (answer.rightTaken()) {
            String id = Long.toUnsignedString(answer.id());
            send("md " + text + encoded + " I C" + id + (version.takesIds() ? " E" + id : ""));
            line(); // EX or NF: it has been written or deleted meanwhile, so there is nothing to give back
        }
        return CopyState.found(
                new PresentCopy(answer.valueBytes(), answer.flags(), answer.secondsLeft(), answer.stale(), digest),
                answer.promised() || answer.rightTaken());
    }

    /** The numbers of {@code stats}. */
    List<Stat> stats() throws IOException {
        send("stats");
        List<Stat> stats = new ArrayList<>();
        for (String line = line(); !line.equals("END"); line = line()) {
            String[] words = line.split(" ", 3);
            if (words.length < 3 || !words[0].equals("STAT") || stats.size() > MAX_STATS) {
                throw new IOException("answers '" + line + "' to stats");
            }
            stats.add(new Stat(words[1], words[2]));
        }
        return stats;
    }

    private void send(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int letter = next(); letter != '\n'; letter = next()) {
            if (line.length() > MAX_LINE_BYTES) {
                throw new IOException("answers a line of over " + MAX_LINE_BYTES + " bytes (expected: a memcached)");
            }
            line.append((char) letter);
        }
        return line.toString().stripTrailing();
    }

    private int next() throws IOException {
        int letter = in.read();
        if (letter < 0) {
            throw new IOException("closed the connection");
        }
        return letter;
    }

    /** Reads a value and its line end, however long, and keeps no more than its digest. */
    private String digest(long valueBytes) throws IOException {
        MessageDigest digest = sha256();
        byte[] piece = new byte[8_192];
        for (long left = valueBytes; left > 0; ) {
            int read = in.read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                throw new IOException("closed the connection in the middle of a value");
            }
            if (clock.nanoTime() - begunNanos > LIMIT.toNanos()) {
                throw new IOException("is not done within " + LIMIT.toSeconds() + " s");
            }
            digest.update(piece, 0, read);
            left -= read;
        }
        if (next() != '\r' || next() != '\n') {
            throw new IOException("sends more than the value it has announced");
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
