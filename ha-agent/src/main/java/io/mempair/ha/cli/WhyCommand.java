package io.mempair.ha.cli;

import io.mempair.ha.admin.Table;
import io.mempair.ha.config.ConfigException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mempair why}: what would have to be true for the node on this host to take over. */
@Command(
        name = "why",
        description = "Shows what would have to be true for the node on this host to take over, and what of it is.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:it would take over as soon as no other node is active, or is active itself",
            "1:it would not, or nothing on this host answers",
            ExitCodes.WRONG
        },
        footer = {"", "Examples:", "  mempair why", "  ssh b mempair why && mempair switchover"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class WhyCommand implements Callable<Integer> {

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        List<Table> answer = Table.read(node.ask("why"));
        PrintWriter out = spec.commandLine().getOut();
        out.println(TableView.of(answer, Ansi.AUTO));
        out.flush();
        boolean ready = answer.get(0).rows().get(0).tone() == Table.Tone.GOOD;
        return ready ? 0 : 1;
    }
}
