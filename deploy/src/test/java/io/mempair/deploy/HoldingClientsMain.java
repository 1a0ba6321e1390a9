package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;

/**
 * The clients of Java, each on one connection, until a line comes on standard input. Arguments: HOST PORT. Prints a line when all
 * have had the answers they must get, and ends with the first that is another.
 */
final class HoldingClientsMain {

    private static final long PACE_MILLIS = 5;

    private HoldingClientsMain() {}

    public static void main(String[] arguments) throws Exception {
        InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        Map<String, JavaClient> clients = new LinkedHashMap<>();
        clients.put("spymemcached-text", new SpymemcachedClient(server, Protocol.TEXT));
        clients.put("spymemcached-binary", new SpymemcachedClient(server, Protocol.BINARY));
        clients.put("folsom-text", FolsomClient.text(server));
        clients.put("folsom-binary", FolsomClient.binary(server));
        for (Map.Entry<String, JavaClient> one : clients.entrySet()) {
            one.getValue().set(one.getKey(), "0".getBytes(UTF_8), 0);
        }
        Thread input = new Thread(HoldingClientsMain::awaitLine);
        input.start();
        for (int round = 1; input.isAlive(); round++) {
            for (Map.Entry<String, JavaClient> one : clients.entrySet()) {
                ask(one.getKey(), one.getValue(), round);
            }
            System.out.println("round " + round);
            input.join(PACE_MILLIS);
        }
        System.exit(0);
    }

    private static void ask(String name, JavaClient client, int round) throws Exception {
        long counted = client.incr(name, 1);
        boolean set = client.set(name + "-value", ("value " + round).getBytes(UTF_8), 0);
        String read = new String(client.get(name + "-value"), UTF_8);
        if (counted != round || !set || !read.equals("value " + round)) {
            System.err.println(name + ", round " + round + ": counted " + counted + ", set " + set + ", read " + read);
            System.exit(1);
        }
    }

    private static void awaitLine() {
        try {
            if (System.in.read() < 0) {
                System.err.println("the input has ended");
            }
        } catch (IOException e) {
            System.err.println("no input: " + e);
        }
    }
}
