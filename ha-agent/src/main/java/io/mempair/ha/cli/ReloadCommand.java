package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mempair reload}: the program on this host reads its file again. */
@Command(
        name = "reload",
        description = "Has the node or proxy on this host read its file again; no client is dropped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReloadCommand implements Callable<Integer> {

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        spec.commandLine().getOut().println(node.ask("reload"));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
