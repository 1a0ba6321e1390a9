package io.mempair.ha.cli;

import io.mempair.ha.certificate.SecretFile;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair key}: a secret for the channel between the nodes. */
@Command(
        name = "key",
        description = "Makes a file with a random secret for group.key-file, mode 0600; copy it to every node."
                + " Nothing is overwritten.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the file is written",
            "1:it could not be written",
            "2:the command line cannot be right, or the file is there already"
        },
        footer = {"", "Example:", "  mempair key /etc/mempair/pair.key"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class KeyCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "a file that is not there yet")
    private String file = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        try {
            SecretFile.create(Path.of(file));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.refused(spec.qualifiedName() + ": " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be written: " + FailureText.of(e), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + ": copy it to every node of the pair, readable by the user of the node only");
        out.flush();
        return 0;
    }
}
