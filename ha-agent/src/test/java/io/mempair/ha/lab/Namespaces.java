package io.mempair.ha.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two hosts, {@code a} and {@code b}, as network namespaces joined by a virtual cable: 10.91.0.1 and 10.91.0.2 on
 * {@code eth0}. Needs root; fails, never skips, when it has not the rights. {@link #close} removes all it made.
 */
public final class Namespaces implements AutoCloseable {

    /** The address that floats between the two. */
    public static final String VIP = "10.91.0.100";

    private final String prefix = "mphg-" + ProcessHandle.current().pid() + '-';

    public Namespaces() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new AssertionError("this test makes network namespaces and needs root: run it as root");
        }
        for (String tool : List.of("ip", "arping", "bash", "setsid")) {
            if (run("which", tool).exitCode() != 0) {
                throw new AssertionError("this test needs " + tool + ": apt install iproute2 iputils-arping");
            }
        }
        try {
            must("ip", "netns", "add", name("a"));
            must("ip", "netns", "add", name("b"));
            join(71);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /** The cable, both ends with their addresses. */
    private void join(int index) {
        // two ends with the same index would be no veth to linkwatch, which then tells a lost carrier up to 1 s
        // late
        must(("ip -n " + name("a") + " link add eth0 index " + index + " type veth peer name eth0 index " + (index + 1)
                        + " netns " + name("b"))
                .split(" ", -1));
        setUp("a", "10.91.0.1/24");
        setUp("b", "10.91.0.2/24");
    }

    /** Takes both interfaces away and makes new ones of the same name, as a driver that is loaded again does. */
    public void recreate() {
        must("ip", "-n", name("a"), "link", "del", "eth0");
        join(81);
    }

    private void setUp(String host, String cidr) {
        must("ip", "-n", name(host), "link", "set", "lo", "up");
        must("ip", "-n", name(host), "addr", "add", cidr, "dev", "eth0");
        link(host, "up");
    }

    public String name(String host) {
        return prefix + host;
    }

    /** Whether the host's interface carries the floating address, as the kernel says. */
    public boolean carries(String host) {
        return run("ip", "-n", name(host), "-o", "addr", "show", "dev", "eth0", "to", VIP)
                .output()
                .contains(VIP + '/');
    }

    /** Whether the kernel of the host has a connection with these ends, {@code LOCAL>REMOTE}. */
    public boolean isConnected(String host, String ends) {
        String[] both = ends.split(">", -1);
        return on(host, "ss", "-H", "-t", "-n", "src", both[0], "and", "dst", both[1])
                .contains("ESTAB");
    }

    public void add(String host, String cidr) {
        must("ip", "-n", name(host), "addr", "add", cidr, "dev", "eth0");
    }

    /** What a command on the host says; fails when the command does. */
    public String on(String host, String... command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
        inside.addAll(List.of(command));
        return must(inside.toArray(String[]::new));
    }

    /** Sends what is for nowhere else to {@code via}. */
    public void defaultRoute(String host, String via) {
        must("ip", "-n", name(host), "route", "add", "default", "via", via);
    }

    /** Sets the host's interface {@code up} or {@code down}. */
    public void link(String host, String state) {
        must("ip", "-n", name(host), "link", "set", "eth0", state);
    }

    /** Loses every packet between the two, silently: each sends to a hardware address that nobody has. */
    public void cut() {
        must(
                "ip",
                "-n",
                name("a"),
                "neigh",
                "replace",
                "10.91.0.2",
                "lladdr",
                "02:00:00:00:00:99",
                "nud",
                "permanent",
                "dev",
                "eth0");
        must(
                "ip",
                "-n",
                name("b"),
                "neigh",
                "replace",
                "10.91.0.1",
                "lladdr",
                "02:00:00:00:00:99",
                "nud",
                "permanent",
                "dev",
                "eth0");
    }

    public void heal() {
        must("ip", "-n", name("a"), "neigh", "del", "10.91.0.2", "dev", "eth0");
        must("ip", "-n", name("b"), "neigh", "del", "10.91.0.1", "dev", "eth0");
    }

    @Override
    public void close() {
        run("ip", "netns", "del", name("a"));
        run("ip", "netns", "del", name("b"));
    }

    private static String must(String... command) {
        Result result = run(command);
        if (result.exitCode() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + result.output());
        }
        return result.output();
    }

    record Result(int exitCode, String output) {}

    static Result run(String... command) {
        try {
            Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " hangs");
            }
            return new Result(process.exitValue(), output.strip());
        } catch (IOException e) {
            return new Result(127, e.toString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
