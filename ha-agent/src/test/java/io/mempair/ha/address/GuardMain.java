package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A guard steered by lines on standard input: {@code lease MS}, {@code claim EPOCH}, {@code release EPOCH}, {@code pid}. */
final class GuardMain {

    private GuardMain() {}

    public static void main(String[] arguments) throws Exception {
        SystemClock clock = new SystemClock();
        Guard guard = new Guard(new VirtualAddressConfig(Namespaces.VIP, 24, "eth0"), Duration.ofMillis(500), clock);
        guard.start(new VirtualAddress.Listener() {
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
                default -> System.out.println("what? " + line);
            }
        }
        guard.close();
        System.out.println("closed");
    }
}
