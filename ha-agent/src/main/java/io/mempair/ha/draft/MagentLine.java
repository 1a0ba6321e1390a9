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
 * @param line        where it begins in the script, from 1
 * @param servers     of {@code -s}, in their order
 * @param backups     of {@code -b}
 * @param listen      of {@code -l}; null if it listens everywhere
 * @param port        of {@code -p}
 * @param maxClients  of {@code -n}, if it is a limit of its own
 * @param unixSocket  of {@code -f}
 * @param ketama      {@code -k}
 * @param notNeeded   known flags that need no successor
 * @param unknown     other words, which magent 0.6 does not know or this reader does not
 */
record MagentLine(
        int line,
        List<String> servers,
        List<String> backups,
        @Nullable String listen,
        String port,
        @Nullable String maxClients,
        @Nullable String unixSocket,
        boolean ketama,
        List<String> notNeeded,
        List<String> unknown) {

    /** As magent's own. */
    private static final String DEFAULT_PORT = "11211";

    private static final String WITH_VALUE = "sblpnfiugc";

    /** As getopt(3) reads them: letters without a value may stand together, and a value may stand behind its letter. */
    private static final Pattern FLAGS = Pattern.compile("-[kDvh]*([kDvh]|[" + WITH_VALUE + "].*)");

    /** Ends what is said to magent: what follows is for the shell. */
    private static final Pattern OPERATOR = Pattern.compile("[0-9]*[<>|;&#)].*");

    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_]\\w*)=([\"']?)([^\"'\\s;]*)\\2\\s*;?\\s*");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([A-Za-z_]\\w*)}|([A-Za-z_]\\w*))");

    MagentLine {
        servers = List.copyOf(servers);
        backups = List.copyOf(backups);
        notNeeded = List.copyOf(notNeeded);
        unknown = List.copyOf(unknown);
    }

    /** Every start of magent in a script, with the variables that the script sets to plain texts replaced. */
    static List<MagentLine> all(String script) {
        Map<String, String> variables = new HashMap<>();
        List<MagentLine> found = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int begin = 0;
        int number = 0;
        for (String part : script.lines().toList()) {
            number++;
            begin = line.isEmpty() ? number : begin;
            if (part.endsWith("\\")) {
                line.append(part, 0, part.length() - 1).append(' ');
                continue;
            }
            int at = begin;
            String whole = line.append(part).toString();
            line.setLength(0);
            Matcher assignment = ASSIGNMENT.matcher(whole);
            if (assignment.matches()) {
                variables.put(assignment.group(1), assignment.group(3));
            } else {
                words(replaced(whole, variables))
                        .flatMap(words -> of(at, words))
                        .ifPresent(found::add);
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
    private static Optional<MagentLine> of(int line, List<String> words) {
        Map<Character, List<String>> flags = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (int at = 0; at < words.size() && !OPERATOR.matcher(words.get(at)).matches(); at++) {
            String word = words.get(at);
            if (!FLAGS.matcher(word).matches()) {
                unknown.add(word);
                continue;
            }
            int letter = 1;
            while (letter < word.length() - 1 && WITH_VALUE.indexOf(word.charAt(letter)) < 0) {
                flags.computeIfAbsent(word.charAt(letter), first -> new ArrayList<>())
                        .add("");
                letter++;
            }
            String value = word.substring(letter + 1);
            if (WITH_VALUE.indexOf(word.charAt(letter)) >= 0 && value.isEmpty() && at + 1 < words.size()) {
                at++;
                value = words.get(at);
            }
            flags.computeIfAbsent(word.charAt(letter), first -> new ArrayList<>())
                    .add(value);
        }
        List<String> servers = flags.getOrDefault('s', List.of());
        if (servers.isEmpty()) {
            return Optional.empty();
        }
        List<String> notNeeded = new ArrayList<>();
        for (char flag : new char[] {'i', 'u', 'g', 'D', 'v', 'c'}) {
            flags.getOrDefault(flag, List.of()).forEach(value -> notNeeded.add(("-" + flag + ' ' + value).strip()));
        }
        String clients = last(flags, 'n');
        return Optional.of(new MagentLine(
                line,
                servers,
                flags.getOrDefault('b', List.of()),
                last(flags, 'l'),
                Objects.requireNonNullElse(last(flags, 'p'), DEFAULT_PORT),
                clients == null || clients.matches("0*|-.*") ? null : clients,
                last(flags, 'f'),
                flags.containsKey('k'),
                notNeeded,
                unknown));
    }

    private static @Nullable String last(Map<Character, List<String>> flags, char flag) {
        List<String> values = flags.getOrDefault(flag, List.of());
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }
}
