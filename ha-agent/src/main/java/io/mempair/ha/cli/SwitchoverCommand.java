package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mempair switchover}: the active node hands the address to its peer. */
@Command(
        name = "switchover",
        description = "Hands the address to the other node; run it on the active node.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SwitchoverCommand implements Callable<Integer> {

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        spec.commandLine().getOut().println(node.ask("switchover"));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
