package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** How a command finds the running node. */
final class ControlOptions {

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description = "control socket of the running node (default: /run/mempair/control.sock)")
    private String control = "";

    @Option(names = "--config", paramLabel = "FILE", description = "the node's file, which names the control socket")
    private String config = "";

    /** Sends a command; returns its answer without the leading word, or fails with it. */
    String ask(String command) throws CommandFailure, ConfigException {
        Path path = path();
        String answer;
        try {
            answer = ControlClient.ask(path, command);
        } catch (IOException e) {
            throw nobody(path, e);
        }
        int space = answer.indexOf(' ');
        String text = answer.substring(space + 1);
        if (answer.startsWith("refused ")) {
            throw CommandFailure.refused(text);
        }
        if (!answer.startsWith("ok ")) {
            throw new CommandFailure(text.isEmpty() ? "the node closed the connection without an answer" : text);
        }
        return text;
    }

    /**
     * Sends a command whose answer comes line by line, without the first line.
     *
     * @param silenceMillis  longest wait for a line
     */
    void follow(String command, long silenceMillis, Consumer<String> line) throws CommandFailure, ConfigException {
        Path path = path();
        List<String> first = new ArrayList<>(1);
        try {
            ControlClient.follow(path, command, silenceMillis, text -> {
                if (first.isEmpty()) {
                    first.add(text);
                } else {
                    line.accept(text);
                }
            });
        } catch (IOException e) {
            throw nobody(path, e);
        }
        if (first.isEmpty()) {
            throw new CommandFailure("the node closed the connection without an answer");
        }
        if (!first.get(0).startsWith("ok")) {
            throw new CommandFailure(first.get(0).replaceFirst("^error ", ""));
        }
    }

    private static CommandFailure nobody(Path path, IOException e) {
        String why;
        if (Files.notExists(path)) {
            why =
                    "no such socket: nothing runs here, or it has another admin.control, or is a proxy started with flags,"
                            + " which has none";
        } else if (Files.isWritable(path)) {
            why = FailureText.of(e);
        } else {
            why = "no permission for this user: run this as root, or as the user of the node";
        }
        return new CommandFailure(path + ": no node answers (" + why + ')', e);
    }

    /** The file of the node: the one that was named, or {@code usual}. */
    Path configFile(Path usual) {
        return config.isEmpty() ? usual : Path.of(config);
    }

    private Path path() throws ConfigException {
        if (!control.isEmpty()) {
            return Path.of(control);
        }
        return config.isEmpty()
                ? AdminConfig.DEFAULT_CONTROL
                : ConfigReader.readAdmin(Path.of(config)).control();
    }
}
