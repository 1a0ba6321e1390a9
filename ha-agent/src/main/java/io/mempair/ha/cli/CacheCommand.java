package io.mempair.ha.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mempair cache}: the start script does it, since it is about how the JVM is started. Here so that the help has it. */
@Command(
        name = "cache",
        description =
                "Makes starts of this program faster: keeps what the JVM learns in half a minute on the loopback.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:the cache is there", "1:it could not be made: the message says why", ExitCodes.WRONG},
        footer = {"", "Examples:", "  mempair cache", "  mempair cache --if-missing"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CacheCommand implements Callable<Integer> {

    @Option(names = "--if-missing", description = "make it only if there is none for this JDK and this mempair")
    private boolean ifMissing;

    @Override
    public Integer call() throws CommandFailure {
        throw new CommandFailure(
                "the start script makes the cache (expected: bin/mempair cache" + (ifMissing ? " --if-missing)" : ")"));
    }
}
