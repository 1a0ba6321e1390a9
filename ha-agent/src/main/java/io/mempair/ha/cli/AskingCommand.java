package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks the program on this host by its control socket for one thing, and prints what it answers. */
abstract class AskingCommand implements Callable<Integer> {

    private final String question;

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** @param question  as the control socket understands it */
    AskingCommand(String question) {
        this.question = question;
    }

    /** The question, with what an option adds to it. */
    String question() {
        return question;
    }

    @Override
    public final Integer call() throws CommandFailure, ConfigException {
        spec.commandLine().getOut().println(node.act(question()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
