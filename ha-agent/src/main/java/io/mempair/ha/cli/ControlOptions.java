package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a command finds the running node. One thread. */
final class ControlOptions {

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description = "control socket of the running node (default: /run/mempair/control.sock)")
    private @Nullable String control;

    @Option(names = "--config", paramLabel = "FILE", description = "the node's file, which names the control socket")
    private @Nullable String config;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** What a busy node needs for an answer that it has at hand. */
    private static final Duration LEAST = Duration.ofMillis(500);

    /** Bytes in sun_path of unix(7), without the zero that ends them. */
    private static final int MAX_PATH_BYTES = 107;

    /** Letters of what a foreign program answers. */
    private static final int MAX_SHOWN = 60;

    private final Clock clock = new SystemClock();

    private @Nullable Path found;

    /** Asks what a node answers at once; returns its answer without the leading word, or fails with it. */
    String ask(String question) throws CommandFailure, ConfigException {
        return ask(question, ControlClient.QUESTION_LIMIT);
    }

    /**
     * Has the node do something, which takes {@link ControlClient#ACTION_LIMIT} at most; a node that does not even answer is given up
     * as soon as for a question.
     */
    String act(String command) throws CommandFailure, ConfigException {
        return act(command, ControlClient.ACTION_LIMIT);
    }

    /** @param limit  for the whole of it */
    String act(String command, Duration limit) throws CommandFailure, ConfigException {
        long begunNanos = clock.nanoTime();
        sent("process", least(ControlClient.QUESTION_LIMIT, limit));
        return ask(command, limit.minusNanos(clock.nanoTime() - begunNanos));
    }

    /** @param limit  for the whole exchange */
    String ask(String question, Duration limit) throws CommandFailure, ConfigException {
        String answer = sent(question, limit);
        if (answer.startsWith("ok ")) {
            return answer.substring(3);
        }
        throw unwilling(answer);
    }

    /** What came in place of an answer that is good. */
    private CommandFailure unwilling(String answer) throws ConfigException {
        if (answer.startsWith("refused ")) {
            return CommandFailure.refused(answer.substring("refused ".length()));
        }
        if (answer.startsWith("error ")) {
            return new CommandFailure(answer.substring("error ".length()));
        }
        if (answer.isEmpty()) {
            return new CommandFailure("the node closed the connection without an answer");
        }
        String line = answer.lines().findFirst().orElse("").replaceAll("[^ -~]", "?");
        return new CommandFailure(path() + ": what answers there is no node of mempair: '"
                + line.substring(0, Math.min(line.length(), MAX_SHOWN)) + "' (expected: the socket of admin.control)");
    }

    /** As {@link #ask(String)}, within {@code left} if that is shorter; {@link #LEAST} it has in any case, so that it can be answered. */
    String askWithin(String question, Duration left) throws CommandFailure, ConfigException {
        return ask(question, left.compareTo(LEAST) < 0 ? LEAST : least(ControlClient.QUESTION_LIMIT, left));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private String sent(String line, Duration limit) throws CommandFailure, ConfigException {
        Path path = path();
        try {
            return ControlClient.ask(path, line, limit);
        } catch (IOException e) {
            throw nobody(path, e);
        }
    }

    /**
     * Sends a command whose answer comes line by line, without the first line.
     *
     * @param limit  for the whole answer
     * @param line   says whether it wants more
     */
    void follow(String command, Duration limit, Predicate<String> line) throws CommandFailure, ConfigException {
        Path path = path();
        List<String> first = new ArrayList<>(1);
        try {
            ControlClient.follow(path, command, limit, text -> {
                if (first.isEmpty()) {
                    first.add(text);
                    return true;
                }
                return line.test(text);
            });
        } catch (IOException e) {
            throw nobody(path, e);
        }
        if (first.isEmpty()) {
            throw new CommandFailure("the node closed the connection without an answer");
        }
        if (!first.get(0).startsWith("ok")) {
            throw unwilling(first.get(0));
        }
    }

    private CommandFailure nobody(Path path, IOException e) {
        String why;
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            why = "the path is longer than the " + MAX_PATH_BYTES + " bytes that the path of a socket can have";
        } else if (Files.notExists(path)) {
            why =
                    "no such socket: nothing runs here, or it has another admin.control, or is a proxy started with flags,"
                            + " which has none" + instead(path);
        } else if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            why = "it is a " + (Files.isDirectory(path) ? "folder" : "file") + ", no socket";
        } else if (Refusal.is(e)) {
            why = "connection refused: the program that made this socket was killed, and nothing runs here now"
                    + instead(path);
        } else if (Files.isWritable(path)) {
            why = FailureText.of(e);
        } else {
            why = "no permission for this user: run this as root, or as the user of the node";
        }
        return new CommandFailure(path + ": no node answers (" + why + ')', e);
    }

    /** Whoever named no socket may not know that a proxy alone or a named instance has another. */
    private String instead(Path path) {
        return control == null && config == null ? UnitSockets.insteadOf(path) : "";
    }

    /** The file of the node: the one that was named, or {@code usual}. */
    Path configFile(Path usual) {
        return config == null ? usual : Path.of(config);
    }

    private Path path() throws ConfigException {
        if (found == null) {
            found = named();
        }
        return found;
    }

    private Path named() throws ConfigException {
        requirePath("--control", control);
        requirePath("--config", config);
        if (control != null) {
            return Path.of(control);
        }
        if (config == null) {
            return AdminConfig.DEFAULT_CONTROL;
        }
        try {
            return ConfigReader.readControl(Path.of(config), this::wrong);
        } catch (ConfigException e) {
            List<String> problems = new ArrayList<>(e.problems());
            int last = problems.size() - 1;
            problems.set(last, problems.get(last).replaceFirst("\\)$", ", or --control PATH)"));
            throw new ConfigException(problems);
        }
    }

    /** An empty one is that of a script whose variable is not set: the usual socket may be another node's. */
    private void requirePath(String option, @Nullable String path) {
        if (path != null && (path.isBlank() || path.indexOf('\0') >= 0)) {
            throw new ParameterException(command.commandLine(), option + ": '" + path + "' (expected: a path)");
        }
    }

    /** The file may have been changed, and be wrong, since the node was started by it. */
    private void wrong(ConfigException unreadable, Path asked) {
        PrintWriter err = command.commandLine().getErr();
        unreadable.problems().forEach(err::println);
        err.println(
                command.qualifiedName() + ": asking what runs at " + asked + " all the same (another one: --control)");
        err.flush();
    }
}
