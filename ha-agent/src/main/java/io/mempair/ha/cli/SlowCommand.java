package io.mempair.ha.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code mempair slow}: the last slow requests, and where the time went. */
@Command(
        name = "slow",
        description = "Shows the last requests of clients that took as long as log.slow says, the newest first.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.SHOWN, "1:log.slow is off, or nothing on this host answers", ExitCodes.WRONG},
        footer = {
            "",
            "took is the time from the request to the answer, as the client's connection saw it, and the sum of:",
            "before  until the server that answered last was asked: earlier writes of the key, another server, no room",
            "server  until that server's answer was complete",
            "order   until all earlier answers of the same client had left",
            "",
            "A key is shown as its hash (FNV-1a, 64 bits), or as it is with log.slow-keys: plain.",
            "The last 256 are remembered until the program ends.",
            "",
            "Examples:",
            "  mempair slow",
            "  mempair slow --last 5 --json"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SlowCommand extends TableCommand {

    private static final int MAX_LAST = 256;

    @Option(names = "--last", paramLabel = "N", description = "how many (default: 20)")
    private int last = 20;

    SlowCommand() {
        super("slow");
    }

    @Override
    String arguments(CommandSpec command) {
        return String.valueOf(within(command, "--last", last, MAX_LAST));
    }
}
