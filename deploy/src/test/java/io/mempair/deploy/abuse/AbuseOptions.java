package io.mempair.deploy.abuse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for: words such as {@code numbers=4,40,400}.
 *
 * @param seconds     of each phase: before, and during the abuse
 * @param kinds       of abuse
 * @param numbers     of abusers at a time
 * @param transports  of the proxy
 * @param loops       event loops of the proxy
 * @param forms       how the proxy is told its configuration: {@code flags} or {@code file}
 * @param at          another proxy or pair to abuse, instead of one that is started
 * @param judgesTime  whether the times of answers must meet their goal, too
 */
record AbuseOptions(
        int seconds,
        List<AbuseKind> kinds,
        List<Integer> numbers,
        List<String> transports,
        List<Integer> loops,
        List<String> forms,
        @Nullable AbusedProxy at,
        boolean judgesTime) {

    static AbuseOptions of(List<String> words) {
        Map<String, String> said = new HashMap<>(Map.of(
                "seconds", "5",
                "kinds", "all",
                "numbers", "4,40,400",
                "transports", "io_uring,epoll,nio",
                "loops", "1,4",
                "forms", "flags,file",
                "at", "",
                "time", "yes"));
        for (String word : words) {
            String[] parts = word.split("=", 2);
            if (parts.length < 2 || said.put(parts[0], parts[1]) == null) {
                throw new IllegalArgumentException("'" + word + "' (expected: NAME=VALUE, with one of the names "
                        + said.keySet().stream().sorted().toList() + ')');
            }
        }
        String at = said.getOrDefault("at", "");
        return new AbuseOptions(
                Integer.parseInt(said.get("seconds")),
                "all".equals(said.get("kinds"))
                        ? List.of(AbuseKind.values())
                        : list(said, "kinds").map(AbuseKind::of).toList(),
                list(said, "numbers").map(Integer::valueOf).toList(),
                list(said, "transports").toList(),
                list(said, "loops").map(Integer::valueOf).toList(),
                list(said, "forms").toList(),
                at.isEmpty() ? null : target(at),
                "yes".equals(said.get("time")));
    }

    private static Stream<String> list(Map<String, String> said, String name) {
        return Stream.of(said.getOrDefault(name, "").split(","));
    }

    private static AbusedProxy target(String at) {
        int colon = at.lastIndexOf(':');
        return new AbusedProxy(at.substring(0, colon), Integer.parseInt(at.substring(colon + 1)), 0);
    }
}
