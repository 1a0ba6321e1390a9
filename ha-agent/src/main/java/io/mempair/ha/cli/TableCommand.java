package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.admin.Table;
import io.mempair.ha.config.ConfigException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that asks the program on this host by its control socket, and prints the answer as a table or as JSON. */
abstract class TableCommand implements Callable<Integer> {

    private final String question;

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** @param question  the control socket understands it with {@code -json} behind it too */
    TableCommand(String question) {
        this.question = question;
    }

    /** What follows the question; refuses options that are out of their range. */
    abstract String arguments(CommandSpec command);

    /** For the whole answer. */
    Duration limit(CommandSpec command) {
        return ControlClient.QUESTION_LIMIT;
    }

    /** The value of an option that counts; refused unless it is between 1 and {@code most}. */
    static int within(CommandSpec command, String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(command.commandLine(), option + ": " + value + " (expected: 1.." + most + ')');
        }
        return value;
    }

    @Override
    public final Integer call() throws CommandFailure, ConfigException {
        String answer = node.ask(question + (json ? "-json " : " ") + arguments(spec), limit(spec));
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? answer : TableView.of(Table.read(answer), Ansi.AUTO));
        out.flush();
        return 0;
    }
}
