package io.mempair.ha.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code mempair top}: the keys that are asked for most. */
@Command(
        name = "top",
        description = "Looks at the requests of clients for some seconds and shows the keys that are asked for most.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.SHOWN, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {
            "",
            "Of each event loop the first 1,024 requests are counted, then one of 64 on average, for as many: a rate is an"
                    + " estimate. share is at most what is shown, and at least what is under 'at least'. server is the one that"
                    + " has the key first. Nothing is counted while nobody looks.",
            "",
            "Examples:",
            "  mempair top",
            "  mempair top --for 10s --keys 50",
            "  mempair top --json | jq '.keys[0]'"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TopCommand extends TableCommand {

    private static final int MAX_KEYS = 256;
    private static final int MAX_SECONDS = 10;

    @Option(names = "--for", paramLabel = "TIME", description = "how long, in seconds: 1s to 10s (default: 3s)")
    private String duration = "3s";

    @Option(names = "--keys", paramLabel = "N", description = "how many (default: 20)")
    private int keys = 20;

    TopCommand() {
        super("top");
    }

    @Override
    String arguments(CommandSpec command) {
        return seconds(command) + " " + within(command, "--keys", keys, MAX_KEYS);
    }

    /** It answers when it has counted. */
    @Override
    Duration limit(CommandSpec command) {
        return super.limit(command).plusSeconds(seconds(command));
    }

    private int seconds(CommandSpec command) {
        return Flags.wholeSeconds(command.commandLine(), "--for", duration, 1, MAX_SECONDS);
    }
}
