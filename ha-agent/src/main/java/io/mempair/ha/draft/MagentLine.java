package io.mempair.ha.draft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One start of magent, as a script writes it. Pure.
 *
 * @param servers     of {@code -s}, in their order
 * @param backups     of {@code -b}
 * @param listen      of {@code -l}; null if it listens everywhere
 * @param port        of {@code -p}
 * @param maxClients  of {@code -n}, if it is a limit of its own
 * @param unixSocket  of {@code -f}
 * @param ketama      {@code -k}
 * @param ignored     flags without a successor
 */
record MagentLine(
        List<String> servers,
        List<String> backups,
        @Nullable String listen,
        String port,
        @Nullable String maxClients,
        @Nullable String unixSocket,
        boolean ketama,
        List<String> ignored) {

    /** As magent's own. */
    private static final String DEFAULT_PORT = "11211";

    private static final String WITH_VALUE = "sblpnfiugc";
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_]\\w*)=([\"']?)([^\"'\\s;]*)\\2\\s*;?\\s*");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([A-Za-z_]\\w*)}|([A-Za-z_]\\w*))");

    MagentLine {
        servers = List.copyOf(servers);
        backups = List.copyOf(backups);
        ignored = List.copyOf(ignored);
    }

    /** Every start of magent in a script, with the variables that the script sets to plain texts replaced. */
    static List<MagentLine> all(String script) {
        Map<String, String> variables = new HashMap<>();
        List<MagentLine> found = new ArrayList<>();
        for (String line : script.replace("\\\n", " ").lines().toList()) {
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches()) {
                variables.put(assignment.group(1), assignment.group(3));
            } else {
                words(replaced(line, variables)).flatMap(MagentLine::of).ifPresent(found::add);
            }
        }
        return found;
    }

    private static String replaced(String line, Map<String, String> variables) {
        return VARIABLE.matcher(line).replaceAll(found -> {
            String name = found.group(1) == null ? found.group(2) : found.group(1);
            return Matcher.quoteReplacement(variables.getOrDefault(name, found.group()));
        });
    }

    /** What is said to magent on this line, if anything. */
    private static Optional<List<String>> words(String line) {
        String text = line.strip();
        if (text.startsWith("#")) {
            return Optional.empty();
        }
        List<String> words =
                Arrays.asList(text.replace("\"", "").replace("'", "").split("\\s+"));
        for (int at = 0; at < words.size(); at++) {
            String word = words.get(at);
            if (word.equals("magent") || word.endsWith("/magent")) {
                return Optional.of(words.subList(at + 1, words.size()));
            }
        }
        return Optional.empty();
    }

    /** A line that names no server starts nothing, as {@code killall magent}. */
    private static Optional<MagentLine> of(List<String> words) {
        Map<Character, List<String>> flags = new HashMap<>();
        for (int at = 0; at < words.size() && words.get(at).startsWith("-"); at++) {
            String word = words.get(at);
            char flag = word.length() > 1 ? word.charAt(1) : '-';
            String value = word.length() > 2 ? word.substring(2) : "";
            if (WITH_VALUE.indexOf(flag) >= 0 && value.isEmpty() && at + 1 < words.size()) {
                at++;
                value = words.get(at);
            }
            flags.computeIfAbsent(flag, first -> new ArrayList<>()).add(value);
        }
        List<String> servers = flags.getOrDefault('s', List.of());
        if (servers.isEmpty()) {
            return Optional.empty();
        }
        List<String> ignored = new ArrayList<>();
        for (char flag : new char[] {'i', 'u', 'g', 'D', 'v', 'c'}) {
            flags.getOrDefault(flag, List.of()).forEach(value -> ignored.add(("-" + flag + ' ' + value).strip()));
        }
        String clients = last(flags, 'n');
        return Optional.of(new MagentLine(
                servers,
                flags.getOrDefault('b', List.of()),
                last(flags, 'l'),
                Objects.requireNonNullElse(last(flags, 'p'), DEFAULT_PORT),
                clients == null || clients.matches("0*|-.*") ? null : clients,
                last(flags, 'f'),
                flags.containsKey('k'),
                ignored));
    }

    private static @Nullable String last(Map<Character, List<String>> flags, char flag) {
        List<String> values = flags.getOrDefault(flag, List.of());
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }
}
