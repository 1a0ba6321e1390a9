package io.mempair.ha.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code mempair history}: what happened to the pair, and for how long nobody served. */
@Command(
        name = "history",
        description =
                "Shows the last changes of roles and reloads of both nodes, with the reason of each and for how long"
                        + " nobody served.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.SHOWN, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {
            "",
            "The last 100 of each node are kept, in the state folder also over restarts; both nodes tell each other"
                    + " theirs. A proxy alone has only reloads, and keeps them until it ends.",
            "",
            "Examples:",
            "  mempair history",
            "  mempair history --last 5",
            "  mempair history --json | jq '.history[] | select(.to == \"active\")'"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class HistoryCommand extends TableCommand {

    private static final int MAX_LAST = 1_000;

    @Option(names = "--last", paramLabel = "N", description = "how many (default: 20)")
    private int last = 20;

    HistoryCommand() {
        super("history");
    }

    @Override
    String arguments(CommandSpec command) {
        return String.valueOf(within(command, "--last", last, MAX_LAST));
    }
}
