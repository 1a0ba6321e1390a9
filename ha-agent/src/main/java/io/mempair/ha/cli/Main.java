package io.mempair.ha.cli;

import io.mempair.ha.admin.Verdict;
import io.mempair.ha.config.ConfigException;
import java.io.PrintWriter;
import java.security.Security;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. Exit codes: 0 done, 1 it did not work, 2 the operator wrote something that cannot be right. */
@Command(
        name = "mempair",
        description = "A pair of memcached proxies behind one floating IP address.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.DONE, "1:it did not work: the message says why", ExitCodes.WRONG},
        footer = {"", "Examples:", "  mempair --version", "  mempair status --help"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ProxyCommand.class,
            NodeCommand.class,
            WitnessCommand.class,
            CheckConfigCommand.class,
            StatusCommand.class,
            HistoryCommand.class,
            WhyCommand.class,
            WaitCommand.class,
            SwitchoverCommand.class,
            StandbyCommand.class,
            OnlineCommand.class,
            ReloadCommand.class,
            RebalanceCommand.class,
            LocateCommand.class,
            ProbeCommand.class,
            DrillCommand.class,
            SlowCommand.class,
            TopCommand.class,
            TapCommand.class,
            DebugCommand.class,
            BenchCommand.class,
            InitCommand.class,
            ImportCommand.class,
            CertsCommand.class,
            KeyCommand.class,
            CacheCommand.class,
            TrainCommand.class
        })
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Runs one command; the process ends with its exit code. */
    public static void main(String[] arguments) {
        Logging.forWhoReads(System.getenv());
        forgetNames();
        StandardOutput output = StandardOutput.install();
        CommandLine commandLine = commandLine();
        int ofCommand = commandLine.execute(asked(arguments));
        System.exit(output.exitCode(ofCommand, ofLostWords(commandLine)));
    }

    /** For monitoring, which takes 1 for a pair without a spare, what cannot be told is unknown. */
    private static int ofLostWords(CommandLine commandLine) {
        CommandLine.ParseResult parsed = commandLine.getParseResult();
        boolean verdict = parsed != null
                && parsed.hasSubcommand()
                && parsed.subcommand().commandSpec().userObject() instanceof StatusCommand status
                && status.isCheck();
        return verdict ? Verdict.Level.UNKNOWN.exitCode() : CommandLine.ExitCode.SOFTWARE;
    }

    /** {@code help} and {@code help COMMAND} as the options that they mean. */
    static String[] asked(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        String[] asked = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
        asked[arguments.length - 1] = "--help";
        return asked;
    }

    /**
     * A JVM keeps the address of a name for half a minute, and a failure for ten seconds: a server that moved would be
     * sought where it was. One second spares the name server when all loops ask at once.
     */
    private static void forgetNames() {
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    /** The command line without the end of the process. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler(Main::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "no command (expected: " + String.join(", ", commands()) + ')');
    }

    private Iterable<String> commands() {
        return spec.subcommands().entrySet().stream()
                .filter(command ->
                        !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int misused(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        err.println(name + ": " + UsageText.of(e));
        err.println("Try '" + name + " --help'.");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
        if (e instanceof ConfigException config) {
            config.problems().forEach(commandLine.getErr()::println);
            commandLine.getErr().flush();
            return CommandLine.ExitCode.USAGE;
        }
        if (e instanceof CommandFailure failure && failure.isRefusal()) {
            commandLine.getErr().println(failure.getMessage());
            commandLine.getErr().flush();
            return CommandLine.ExitCode.USAGE;
        }
        String message = e instanceof CommandFailure ? e.getMessage() : e.toString();
        commandLine.getErr().println(commandLine.getCommandSpec().qualifiedName() + ": " + message);
        commandLine.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }
}
