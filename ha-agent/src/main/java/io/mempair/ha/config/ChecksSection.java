package io.mempair.ha.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The section {@code checks}, a list of mappings. */
final class ChecksSection {

    private ChecksSection() {}

    static List<CheckConfig> read(List<Section> elements) {
        List<CheckConfig> checks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section element : elements) {
            CheckConfig check = check(element);
            if (check == null) {
                continue;
            }
            if (!names.add(check.name())) {
                element.wrong(ConfigKey.CHECK_NAME, check.name() + " twice (expected: each name once)");
            }
            if (checks.size() == CheckConfig.MAX_CHECKS) {
                element.wrong(
                        ConfigKey.CHECK_NAME,
                        check.name() + " is one too many (expected: at most " + CheckConfig.MAX_CHECKS + " checks)");
                return checks;
            }
            checks.add(check);
        }
        return checks;
    }

    private static @Nullable CheckConfig check(Section section) {
        String name = section.required(
                ConfigKey.CHECK_NAME, "a name, shown in the status and in messages", NodeConfig::requireName);
        List<String> command = command(section);
        Duration interval =
                section.optional(ConfigKey.CHECK_INTERVAL, CheckConfig.DEFAULT_INTERVAL, CheckConfig::interval);
        Duration timeout = section.optional(ConfigKey.CHECK_TIMEOUT, CheckConfig.DEFAULT_TIMEOUT, CheckConfig::timeout);
        int rise = section.optional(
                ConfigKey.CHECK_RISE, CheckConfig.DEFAULT_RISE, text -> CheckConfig.runs("rise", text));
        int fall = section.optional(
                ConfigKey.CHECK_FALL, CheckConfig.DEFAULT_FALL, text -> CheckConfig.runs("fall", text));
        return name == null || command.isEmpty()
                ? null
                : section.build(() -> new CheckConfig(name, command, interval, timeout, rise, fall));
    }

    /** A line is split at its spaces; in a list each element is one argument. Empty, with a problem reported, if it is invalid. */
    private static List<String> command(Section section) {
        if (!section.has(ConfigKey.CHECK_COMMAND.key())) {
            section.missing(ConfigKey.CHECK_COMMAND.key(), "the absolute path of a program, then its arguments");
            return List.of();
        }
        List<String> words = section.list(ConfigKey.CHECK_COMMAND, text -> text);
        if (words.size() == 1 && section.node(ConfigKey.CHECK_COMMAND.key()) instanceof ScalarNode) {
            words = List.of(words.get(0).strip().split("\\s+"));
        }
        if (words.isEmpty()
                || !words.get(0).startsWith("/")
                || words.stream().anyMatch(word -> word.indexOf('\0') >= 0)
                || !isProgram(Path.of(words.get(0)))) {
            section.wrong(
                    ConfigKey.CHECK_COMMAND,
                    words + " (expected: the absolute path of a program that may be run, then its arguments)");
            return List.of();
        }
        return words;
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
