package io.mempair.ha.cli;

import io.mempair.ha.certificate.CertificateFolder;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair certs}: certificates for the channel between the nodes. */
@Command(
        name = "certs",
        description =
                "Makes an authority and a certificate and key for each node, for group.tls-...; a folder that has an"
                        + " authority keeps it. Nothing is overwritten.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the files are written",
            "1:they could not be written",
            "2:the command line cannot be right, or a file is there already"
        },
        footer = {"", "Example:", "  mempair certs /root/mempair-certs a b w"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CertsCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "a folder, made if it is not there")
    private String folder = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "names of nodes")
    private List<String> names = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        try {
            names.forEach(NodeConfig::requireName);
            new CertificateFolder(Path.of(folder), new SystemClock()).add(names).forEach(out::println);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.refused(spec.qualifiedName() + ": " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure(folder + " cannot be written: " + FailureText.of(e), e);
        }
        out.println("each node needs ca.pem, its own NAME.pem and NAME-key.pem; keep ca-key.pem away from the nodes");
        out.flush();
        return 0;
    }
}
