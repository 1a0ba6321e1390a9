package io.mempair.deploy.handover;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The command line.
 *
 * @param switchovers  back and forth
 * @param faults       moments at which a node breaks; 0: none, and the switchovers are not to be noticed
 * @param clients      that stay
 * @param rate         requests a second
 * @param transport    of both nodes
 * @param loops        of both nodes
 * @param ipv6         whether the clients come by IPv6
 * @param firewall     whether both hosts have a stateful firewall, which takes moved connections
 * @param seed         of what the clients ask
 * @param deploy       the folder of deploy
 * @param folder       for files of this run
 */
record HandoverOptions(
        int switchovers,
        int faults,
        int clients,
        int rate,
        String transport,
        int loops,
        boolean ipv6,
        boolean firewall,
        long seed,
        Path deploy,
        Path folder) {

    private static final String NUMBER = "[1-9][0-9]{0,4}";

    /** Reads it; a word that cannot be right is named with what is expected. */
    static HandoverOptions of(String... arguments) {
        Deque<String> words = new ArrayDeque<>(List.of(arguments));
        int switchovers = 10;
        int faults = 0;
        int clients = 500;
        int rate = 5_000;
        String transport = "auto";
        int loops = 1;
        boolean ipv6 = false;
        boolean firewall = false;
        long seed = 1;
        Path deploy = Path.of("");
        Path folder = Path.of("");
        while (!words.isEmpty()) {
            String word = words.remove();
            switch (word) {
                case "--switchovers" -> switchovers = number(word, words);
                case "--faults" -> faults = number(word, words);
                case "--clients" -> clients = number(word, words);
                case "--rate" -> rate = number(word, words);
                case "--transport" -> transport = value(word, words, "auto|epoll|io_uring", "auto, epoll or io_uring");
                case "--loops" -> loops = number(word, words);
                case "--ipv6" -> ipv6 = true;
                case "--firewall" -> firewall = true;
                case "--seed" -> seed = number(word, words);
                case "--deploy" -> deploy = Path.of(value(word, words, "/.*", "a folder"));
                case "--folder" -> folder = Path.of(value(word, words, "/.*", "a folder"));
                default ->
                    throw new IllegalArgumentException(
                            "'" + word + "' is no option (expected: --switchovers N, --faults N,"
                                    + " --clients N, --rate N, --transport T, --loops N, --ipv6, --firewall, --seed N)");
            }
        }
        return new HandoverOptions(
                switchovers, faults, clients, rate, transport, loops, ipv6, firewall, seed, deploy, folder);
    }

    private static int number(String option, Deque<String> words) {
        return Integer.parseInt(value(option, words, NUMBER, "1 to 99999"));
    }

    private static String value(String option, Deque<String> words, String pattern, String expected) {
        String value = words.isEmpty() ? "" : words.remove();
        if (!value.matches(pattern)) {
            throw new IllegalArgumentException(option + ": '" + value + "' (expected: " + expected + ")");
        }
        return value;
    }
}
