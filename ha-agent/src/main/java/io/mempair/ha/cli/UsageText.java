package io.mempair.ha.cli;

import io.mempair.ha.config.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is wrong with a command line, as it is said of a file: the place, what stands there, and what was expected. The parser has
 * words of its own, which name neither. Pure.
 */
final class UsageText {

    private UsageText() {}

    /** In one line. */
    static String of(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched.getUnmatched().get(0), e.getCommandLine().getCommandSpec());
        }
        if (e instanceof MissingParameterException missing) {
            return missing(missing);
        }
        if (e instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + ": a second time (expected: once)";
        }
        ArgSpec argument = e.getArgSpec();
        if (argument == null) {
            return String.valueOf(e.getMessage()); // our own
        }
        return e.getValue() == null
                ? name(argument) + ": no value (expected: " + argument.paramLabel() + ')'
                : name(argument) + ": '" + e.getValue() + "' (expected: " + expected(argument, e.getValue()) + ')';
    }

    private static String unmatched(String word, CommandSpec command) {
        if (word.length() > 1 && word.startsWith("-")) {
            String option = word.replaceFirst("=.*", "");
            List<String> known = command.options().stream()
                    .filter(shown -> !shown.hidden())
                    .flatMap(shown -> Stream.of(shown.names()))
                    .toList();
            return option + ": unknown option (" + nearestOption(option, known).orElse("see --help for those there are")
                    + ')';
        }
        List<String> commands = command.subcommands().entrySet().stream()
                .filter(known ->
                        !known.getValue().getCommandSpec().usageMessage().hidden())
                .map(known -> known.getKey())
                .toList();
        if (commands.isEmpty()) {
            return "'" + word + "' is too much (expected: "
                    + (command.positionalParameters().isEmpty() ? "only options" : only(command)) + ')';
        }
        return "'" + word + "': unknown command ("
                + nearest(word, commands).orElse("expected: " + String.join(", ", commands)) + ')';
    }

    private static String only(CommandSpec command) {
        return command.positionalParameters().stream().map(ArgSpec::paramLabel).collect(Collectors.joining(" "));
    }

    /** Among those with as many dashes, which are no part of the word. */
    private static Optional<String> nearestOption(String option, List<String> known) {
        String dashes = option.startsWith("--") ? "--" : "-";
        List<String> words = known.stream()
                .filter(name -> name.startsWith("--") == dashes.equals("--"))
                .map(name -> name.substring(dashes.length()))
                .toList();
        return Nearest.to(option.substring(dashes.length()), words)
                .map(meant -> "did you mean '" + dashes + meant + "'?");
    }

    private static Optional<String> nearest(String word, List<String> known) {
        return Nearest.to(word, known).map(meant -> "did you mean '" + meant + "'?");
    }

    private static String missing(MissingParameterException e) {
        return e.getMissing().stream().map(UsageText::missing).collect(Collectors.joining("; "));
    }

    /** An option that need not be given was given without its value. */
    private static String missing(ArgSpec argument) {
        String name = name(argument);
        if (argument.isPositional()) {
            return name + ": missing (expected: " + meaning(argument) + ')';
        }
        return argument.required()
                ? name + ": missing (expected: " + name + ' ' + argument.paramLabel() + ')'
                : name + ": no value (expected: " + argument.paramLabel() + ')';
    }

    private static String meaning(ArgSpec argument) {
        return argument.description().length == 0
                ? argument.paramLabel()
                : argument.description()[0].replaceFirst("[;.].*", "");
    }

    /** The first name of an option, or what help calls an argument. */
    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.names()[0] : argument.paramLabel();
    }

    private static String expected(ArgSpec argument, String value) {
        List<String> words = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(words::add);
        }
        if (!words.isEmpty()) {
            String last = words.remove(words.size() - 1);
            String all = (words.isEmpty() ? "" : String.join(", ", words) + " or ") + last;
            words.add(last);
            return nearest(value, words).map(meant -> all + "; " + meant).orElse(all);
        }
        return isNumber(argument) ? "a whole number" : argument.paramLabel();
    }

    private static boolean isNumber(ArgSpec argument) {
        Class<?> type = Objects.requireNonNullElse(argument.auxiliaryTypes(), new Class<?>[] {argument.type()})[0];
        return type == int.class || type == Integer.class || type == long.class || type == Long.class;
    }
}
