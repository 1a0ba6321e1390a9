package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mempair status}: what the node on this host is, and what it knows of its peer. */
@Command(
        name = "status",
        description = "Shows the node that runs on this host, its peer and the servers.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        spec.commandLine().getOut().println(node.ask(json ? "status" : "show"));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
