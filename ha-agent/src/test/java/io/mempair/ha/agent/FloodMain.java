package io.mempair.ha.agent;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * Somebody who has no business on the channel: opens connections as fast as it can and leaves them silent, says nonsense, or
 * begins as a node does and goes on with nonsense. Arguments are the target, the source, and a seed; it runs until it is
 * killed, and says {@code flooding} when it is under way.
 */
final class FloodMain {

    private static final int CHANNEL_PORT = 7_800;
    private static final int DETECTOR_PORT = 7_900;
    private static final int MAX_SILENT = 500;

    private FloodMain() {}

    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[2]));
        Deque<Socket> silent = new ArrayDeque<>();
        System.out.println("detector: " + detector(arguments[0], arguments[1]));
        for (long count = 1; true; count++) {
            try {
                Socket socket = connect(arguments[0], CHANNEL_PORT, arguments[1]);
                switch (random.nextInt(4)) {
                    case 0 -> silent.add(socket);
                    case 1 -> say(socket, new byte[] {}, random);
                    case 2 -> say(socket, "bela\0\0\0\7".getBytes(StandardCharsets.US_ASCII), random);
                    default -> say(socket, new byte[] {0x16, 3, 1, 2, 0, 1}, random);
                }
                if (silent.size() > MAX_SILENT) {
                    silent.remove().close();
                }
            } catch (IOException refused) {
                // goes on: this is what a flood is
            }
            if (count == 1_000) {
                System.out.println("flooding");
            }
        }
    }

    private static String detector(String target, String source) {
        try (Socket socket = connect(target, DETECTOR_PORT, source)) {
            return "open at " + socket.getRemoteSocketAddress();
        } catch (ConnectException e) {
            return "refused";
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Socket connect(String target, int port, String source) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.setSoLinger(true, 0); // or the flood would run out of ports, not the node of patience
            socket.bind(new InetSocketAddress(source, 0));
            socket.connect(new InetSocketAddress(target, port), 200);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void say(Socket socket, byte[] start, Random random) throws IOException {
        try (socket) {
            byte[] nonsense = new byte[random.nextInt(2_000)];
            random.nextBytes(nonsense);
            socket.getOutputStream().write(start);
            socket.getOutputStream().write(nonsense);
        }
    }
}
