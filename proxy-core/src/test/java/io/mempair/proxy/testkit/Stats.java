package io.mempair.proxy.testkit;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads answers to {@code stats} as an exporter does: STAT lines up to END, a name once. */
public final class Stats {

    private Stats() {}

    /** Asks; fails on any line that is not {@code STAT name value}, and on a name that comes twice. */
    public static Map<String, String> of(RawClient client, String request) throws IOException {
        client.send(request + "\r\n");
        Map<String, String> stats = new LinkedHashMap<>();
        for (String line = client.line(); !line.equals("END"); line = client.line()) {
            String[] words = line.split(" ", 3);
            if (words.length != 3 || !words[0].equals("STAT") || stats.put(words[1], words[2]) != null) {
                throw new AssertionError("answer to " + request + ": " + line);
            }
        }
        return stats;
    }

    /** One number of them. */
    public static long number(Map<String, String> stats, String name) {
        return Long.parseLong(stats.getOrDefault(name, "nothing named " + name));
    }
}
