package io.mempair.ha.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mempair rebalance}: what the rebalance of the proxy on this host is doing, or giving it up. */
@Command(
        name = "rebalance",
        description =
                "Says what the rebalance of the proxy on this host is doing: which keys that a reload moves are copied.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:it is said, or given up", ExitCodes.NO_ANSWER, "2:the command line cannot be right"},
        footer = {"", "Examples:", "  mempair rebalance", "  mempair rebalance abort"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RebalanceCommand extends AskingCommand {

    /** What it can be told. */
    enum Order {
        abort
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "abort",
            description =
                    "gives it up, as long as the former servers serve: they go on, and what was copied is deleted")
    private @Nullable Order order;

    RebalanceCommand() {
        super("rebalance");
    }

    @Override
    String question() {
        return order == null ? super.question() : super.question() + " abort";
    }
}
