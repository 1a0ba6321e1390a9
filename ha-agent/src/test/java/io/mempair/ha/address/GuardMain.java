package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A guard of the addresses that are its arguments, where programs are looked for in an argument {@code PATH=...}, steered by lines on standard input: {@code lease MS}, {@code claim
 * EPOCH [unhurried]}, {@code release EPOCH}, {@code announce}, {@code conflicts}, {@code pid}, {@code problems}.
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
        Guard guard = new Guard(config, Duration.ofMillis(500), clock, shell);
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
                case "lease" -> guard.lease(clock.nanoTime() + Long.parseLong(words[1]) * 1_000_000);
                case "claim" -> guard.claim(Long.parseLong(words[1]), null, unhurried);
                case "release" -> guard.release(Long.parseLong(words[1]));
                case "pid" -> System.out.println("pid " + guard.pid());
                case "problems" -> System.out.println("problems " + guard.problems());
                case "announce" -> guard.announce();
                case "conflicts" -> System.out.println("conflicts " + guard.conflicts());
                default -> System.out.println("what? " + line);
            }
        }
        guard.close();
        System.out.println("closed");
    }

    private static Cidr cidr(String text) {
        int slash = text.indexOf('/');
        return new Cidr(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
    }
}
