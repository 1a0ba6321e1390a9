package io.mempair.ha.cli;

import io.mempair.ha.draft.NodeDraft;
import io.mempair.ha.draft.OldPair;
import io.mempair.proxy.config.TextFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair import}: the files of keepalived and magent as the file of a node. */
@Command(
        name = "import",
        description =
                "Prints the file of a node made of the keepalived.conf and the script that starts magent of this host;"
                        + " says what is not taken and why. Changes nothing.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the file is printed, and what is not taken",
            "1:it did not work",
            "2:a file or the command line cannot be right; nothing is printed"
        },
        footer = {
            "",
            "Run it on each host with that host's files; --bind and --peer change places.",
            "",
            "Examples:",
            "  mempair import /etc/keepalived/keepalived.conf /usr/local/bin/magent.sh \\",
            "      --name a --bind 10.0.0.11 --peer 10.0.0.12 > /etc/mempair/mempair.yaml",
            "  mempair check-config /etc/mempair/mempair.yaml"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ImportCommand implements Callable<Integer> {

    /** More than any such file has. */
    private static final int MAX_BYTES = 1 << 20;

    @Parameters(
            index = "0",
            paramLabel = "KEEPALIVED.CONF",
            description = "the configuration of keepalived on this host")
    private String keepalived = "";

    @Parameters(index = "1", paramLabel = "MAGENT.SH", description = "the script that starts magent on this host")
    private String magent = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "name of this node, another one on each host (default: a)")
    private String name = "a";

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "this host's own address (default: unicast_src_ip)")
    private @Nullable String bind;

    @Option(names = "--peer", paramLabel = "ADDRESS", description = "the other host's (default: that of unicast_peer)")
    private @Nullable String peer;

    @Option(names = "--instance", paramLabel = "NAME", description = "which vrrp_instance, if there are several")
    private @Nullable String instance;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        String conf = read(keepalived);
        String script = read(magent);
        NodeDraft draft;
        try {
            draft = OldPair.read(conf, script, new OldPair.Given(keepalived, magent, name, bind, peer, instance));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.refused(String.valueOf(ofFlag(e.getMessage())));
        }
        String yaml = draft.yaml();
        DraftCheck.require(spec.qualifiedName(), yaml, false, line -> ofFlag(draft.originOf(line)));
        PrintWriter err = spec.commandLine().getErr();
        draft.remarks().forEach(err::println);
        err.flush();
        PrintWriter out = spec.commandLine().getOut();
        out.print(yaml);
        out.flush();
        return 0;
    }

    /** A file names itself, a flag does not. */
    private @Nullable String ofFlag(@Nullable String place) {
        return place != null && place.startsWith("--") ? spec.qualifiedName() + ": " + place : place;
    }

    private static String read(String file) throws CommandFailure {
        try {
            return TextFile.readOrPiped(Path.of(file), MAX_BYTES, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CommandFailure.refused(file + ' ' + e.getMessage());
        }
    }
}
