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

/** {@code mempair history}: what happened to the pair, and for how long nobody served. */
@Command(
        name = "history",
        description =
                "Shows the last changes of roles and reloads of both nodes, with the reason of each and for how long"
                        + " nobody served.",
        footer = {
            "",
            "The last 100 of each node are kept, in the state folder also over restarts; both nodes tell each other"
                    + " theirs.",
            "",
            "Examples:",
            "  mempair history",
            "  mempair history --last 5",
            "  mempair history --json | jq '.history[] | select(.to == \"active\")'"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class HistoryCommand implements Callable<Integer> {

    private static final int MAX_LAST = 1_000;

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
        String answer = node.ask("history" + (json ? "-json " : " ") + last);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? answer : TableView.of(Table.read(answer), Ansi.AUTO));
        out.flush();
        return 0;
    }
}
