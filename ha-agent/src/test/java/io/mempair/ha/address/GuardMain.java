package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A guard of the addresses that are its arguments, where programs are looked for in an argument {@code PATH=...}, steered by lines on standard input: {@code lease MS}, {@code claim
 * EPOCH [unhurried]}, {@code release EPOCH}, {@code hold MS}, {@code announce}, {@code conflicts}, {@code connect}, {@code talk}, {@code pid}, {@code problems}.
 */
final class GuardMain {

    private static final String PATH = "PATH=";

    private GuardMain() {}

    public static void main(String[] arguments) throws Exception {
        SystemClock clock = new SystemClock();
        List<Cidr> cidrs = Arrays.stream(arguments)
                .filter(argument -> argument.contains("/") && !argument.startsWith(PATH))
                .map(GuardMain::cidr)
                .toList();
        VirtualAddressConfig config =
                new VirtualAddressConfig(cidrs.isEmpty() ? List.of(new Cidr(Namespaces.VIP, 24)) : cidrs, "eth0");
        List<String> shell = Arrays.stream(arguments)
                .filter(argument -> argument.startsWith(PATH))
                .map(path -> List.of("env", path, "setsid", "bash"))
                .findFirst()
                .orElse(List.of("setsid", "bash"));
        List<Socket> connections = new CopyOnWriteArrayList<>();
        Guard guard = new Guard(
                config,
                Duration.ofMillis(500),
                clock,
                () -> connections.stream().map(GuardMain::ends).toList(),
                shell);
        guard.start(new VirtualAddress.AddressListener() {
            @Override
            public void claimed(long epoch) {
                System.out.println("claimed " + epoch);
            }

            @Override
            public void failed(long epoch, String why) {
                System.out.println("failed " + epoch + " " + why);
            }

            @Override
            public void released(long epoch) {
                System.out.println("released " + epoch);
            }

            @Override
            public void lost(String why) {
                System.out.println("lost " + why);
            }

            @Override
            public void observed(boolean held) {
                System.out.println("observed " + held);
            }
        });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("close"); line = in.readLine()) {
            boolean unhurried = line.endsWith(" unhurried");
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "hold" -> guard.hold(Duration.ofMillis(Long.parseLong(words[1])));
                case "lease" -> guard.lease(clock.nanoTime() + Long.parseLong(words[1]) * 1_000_000);
                case "claim" -> guard.claim(Long.parseLong(words[1]), null, unhurried);
                case "release" -> guard.release(Long.parseLong(words[1]));
                case "pid" -> System.out.println("pid " + guard.pid());
                case "problems" -> System.out.println("problems " + guard.problems());
                case "announce" -> guard.announce();
                case "connect" -> connections.add(connectToItself());
                case "talk" -> connections.forEach(GuardMain::talk);
                case "conflicts" -> System.out.println("conflicts " + guard.conflicts());
                default -> System.out.println("what? " + line);
            }
        }
        guard.close();
        System.out.println("closed");
    }

    /** A connection to a server of this process, which is never read. */
    private static Socket connectToItself() throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        System.out.println("connected " + ends(socket));
        return socket;
    }

    private static String ends(Socket socket) {
        return "127.0.0.1:" + socket.getLocalPort() + ">127.0.0.1:" + socket.getPort();
    }

    private static void talk(Socket socket) {
        try {
            socket.getOutputStream().write("version\r\n".getBytes(StandardCharsets.US_ASCII));
            System.out.println("sent");
        } catch (IOException e) {
            System.out.println("cut");
        }
    }

    private static Cidr cidr(String text) {
        int slash = text.indexOf('/');
        return new Cidr(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
    }
}
