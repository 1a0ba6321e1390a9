package io.mempair.ha.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code mempair top}: the keys that are asked for most. */
@Command(
        name = "top",
        description = "Looks at the requests of clients for some seconds and shows the keys that are asked for most.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.SHOWN, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {
            "",
            "One request of 64 is counted, on average, so a rate is an estimate. share is at most what is shown, and at"
                    + " least what is under 'at least'. server is the one that has the key first. Nothing is counted"
                    + " while nobody looks.",
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
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    @Option(names = "--for", paramLabel = "TIME", description = "how long, in seconds: 1s to 10s (default: 3s)")
    private String duration = "3s";

    @Option(names = "--keys", paramLabel = "N", description = "how many (default: 20)")
    private int keys = 20;

    TopCommand() {
        super("top");
    }

    @Override
    String arguments(CommandSpec command) {
        Duration time = Flags.read(command.commandLine(), "--for", duration, Flags::positive);
        if (time.toMillis() % 1_000 != 0 || time.compareTo(MAX_TIME) > 0) {
            throw new ParameterException(
                    command.commandLine(), "--for: '" + duration + "' (expected: whole seconds, 1s to 10s)");
        }
        return time.toSeconds() + " " + within(command, "--keys", keys, MAX_KEYS);
    }
}
