package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair check-config}: reads a file as the node would and starts nothing. */
@Command(
        name = "check-config",
        description = "Checks a file and starts nothing; every problem is shown with its place.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CheckConfigCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "a file of a node, of a witness or of a proxy alone")
    private String file = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException {
        Path path = Path.of(file);
        String what;
        if (ConfigReader.describesWitness(path)) {
            what = "witness " + ConfigReader.readWitness(path).name();
        } else if (ConfigReader.describesNode(path)) {
            what = "node " + ConfigReader.readNode(path).name();
        } else {
            what = "a proxy on " + ConfigReader.readProxy(path).proxy().listeners();
        }
        spec.commandLine().getOut().println(path + ": good, " + what);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
