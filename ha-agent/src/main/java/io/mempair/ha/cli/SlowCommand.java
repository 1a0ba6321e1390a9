package io.mempair.ha.cli;

import io.mempair.ha.admin.Table;
import io.mempair.ha.config.ConfigException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mempair slow}: the last slow requests, and where the time went. */
@Command(
        name = "slow",
        description = "Shows the last requests of clients that took as long as log.slow says, the newest first.",
        footer = {
            "",
            "took is the time from the request to the answer, as the client's connection saw it, and the sum of:",
            "before  until the server that answered last was asked: earlier writes of the key, another server, no room",
            "server  until that server's answer was complete",
            "order   until all earlier answers of the same client had left",
            "",
            "A key is shown as its hash (FNV-1a, 64 bits), or as it is with log.slow-keys: plain.",
            "The last 256 are remembered until the program ends. Exit code 1 if log.slow is off.",
            "",
            "Examples:",
            "  mempair slow",
            "  mempair slow --last 5 --json"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SlowCommand implements Callable<Integer> {

    private static final int MAX_LAST = 256;

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(names = "--last", paramLabel = "N", description = "how many (default: 20)")
    private int last = 20;

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        if (last < 1 || last > MAX_LAST) {
            throw new ParameterException(spec.commandLine(), "--last: " + last + " (expected: 1.." + MAX_LAST + ')');
        }
        String answer = node.ask("slow" + (json ? "-json " : " ") + last);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? answer : TableView.of(Table.read(answer), Ansi.AUTO));
        out.flush();
        return 0;
    }
}
