package io.mempair.ha.cli;

import io.mempair.ha.admin.Table;
import io.mempair.ha.config.ConfigException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mempair top}: the keys that are asked for most. */
@Command(
        name = "top",
        description = "Looks at the requests of clients for some seconds and shows the keys that are asked for most.",
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
final class TopCommand implements Callable<Integer> {

    private static final int MAX_KEYS = 256;
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(names = "--for", paramLabel = "TIME", description = "how long, in seconds: 1s to 10s (default: 3s)")
    private String duration = "3s";

    @Option(names = "--keys", paramLabel = "N", description = "how many (default: 20)")
    private int keys = 20;

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        Duration time = Flags.read(spec.commandLine(), "--for", duration, Flags::positive);
        if (time.toMillis() % 1_000 != 0 || time.compareTo(MAX_TIME) > 0) {
            throw new ParameterException(
                    spec.commandLine(), "--for: '" + duration + "' (expected: whole seconds, 1s to 10s)");
        }
        if (keys < 1 || keys > MAX_KEYS) {
            throw new ParameterException(spec.commandLine(), "--keys: " + keys + " (expected: 1.." + MAX_KEYS + ')');
        }
        String answer = node.ask("top" + (json ? "-json " : " ") + time.toSeconds() + ' ' + keys);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? answer : TableView.of(Table.read(answer), Ansi.AUTO));
        out.flush();
        return 0;
    }
}
