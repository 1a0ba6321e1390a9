package io.mempair.ha.cli;

import io.mempair.ha.certificate.NewFiles;
import io.mempair.ha.draft.NodeDraft;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair init}: commented files for both hosts, and what to do with them. */
@Command(
        name = "init",
        description =
                "Writes commented files for both hosts of a pair, and for its witness, into a folder, and tells the"
                        + " next commands. Nothing is overwritten.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the files are written",
            "1:they could not be written",
            "2:the command line cannot be right; nothing is written"
        },
        footer = {
            "",
            "Examples:",
            "  mempair init pair --hosts 10.0.0.11,10.0.0.12 --interface eth0 \\",
            "      --address 10.0.0.100/24 --servers 10.0.0.21,10.0.0.22",
            "  mempair init pair --hosts 10.0.0.11,10.0.0.12 --interface eth0,bond0 \\",
            "      --address 10.0.0.100/24 --servers 10.0.0.21 --backups 10.0.0.22 \\",
            "      --witness 10.0.0.13"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class InitCommand implements Callable<Integer> {

    /** Which flag sets what. */
    private static final Map<String, String> ORIGINS = Map.of(
            "node.name", "--names",
            "group.bind", "--hosts",
            "group.peers", "--hosts",
            "group.witness", "--witness",
            "virtual-address.address", "--address",
            "virtual-address.interface", "--interface",
            "proxy.servers", "--servers",
            "proxy.backups", "--backups");

    private static final String INSTALLED = "/etc/mempair/mempair.yaml";

    @Parameters(index = "0", paramLabel = "DIR", description = "a folder, made if it is not there")
    private String folder = "";

    @Option(
            names = "--hosts",
            required = true,
            split = ",",
            paramLabel = "ADDRESS",
            description = "own addresses of the two hosts")
    private List<String> hosts = List.of();

    @Option(
            names = "--address",
            required = true,
            split = ",",
            paramLabel = "ADDRESS/PREFIX",
            description = "the virtual address, which clients use, with the prefix length of its network")
    private List<String> addresses = List.of();

    @Option(
            names = "--interface",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "the interface that carries it; two if the hosts differ")
    private List<String> interfaces = List.of();

    @Option(
            names = "--servers",
            required = true,
            split = ",",
            paramLabel = "HOST[:PORT]",
            description = "the memcached servers, in the order that places the keys")
    private List<String> servers = List.of();

    @Option(
            names = "--backups",
            split = ",",
            paramLabel = "HOST[:PORT]",
            description = "servers for a second copy of each key")
    private List<String> backups = List.of();

    @Option(names = "--names", split = ",", paramLabel = "NAME", description = "of the two nodes (default: a,b)")
    private List<String> names = List.of("a", "b");

    @Option(names = "--witness", paramLabel = "ADDRESS", description = "own address of a third host, for a witness")
    private @Nullable String witness;

    @Option(names = "--ketama", description = "place keys by ketama, not by modulo")
    private boolean ketama;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        requireTwo("--hosts", hosts);
        requireTwo("--names", names);
        if (interfaces.size() > 2) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--interface: " + String.join(",", interfaces) + " (expected: one, or one for each host)");
        }
        Map<String, String> files = files();
        write(files);
        tell(files);
        return 0;
    }

    private void requireTwo(String flag, List<String> values) {
        if (values.size() != 2 || values.get(0).equals(values.get(1))) {
            throw new ParameterException(
                    spec.commandLine(),
                    flag + ": " + String.join(",", values) + " (expected: two different ones, as in a,b)");
        }
    }

    private static String fileOf(String name) {
        return name + ".yaml";
    }

    /** Each is one that its member would take. */
    private Map<String, String> files() throws CommandFailure {
        NodeDraft first = new NodeDraft(
                names.get(0),
                "110",
                hosts.get(0),
                hosts.get(1),
                witness,
                false,
                null,
                addresses,
                interfaces.get(0),
                List.of(),
                servers,
                backups,
                ketama,
                null,
                null,
                List.of(),
                List.of(),
                ORIGINS);
        NodeDraft second = first.other(names.get(1), "100", interfaces.get(interfaces.size() - 1));
        Map<String, String> files = new LinkedHashMap<>();
        for (NodeDraft draft : List.of(first, second)) {
            DraftCheck.require(spec.qualifiedName(), draft.yaml(), false, line -> flag(draft.originOf(line)));
            files.put(fileOf(draft.name()), draft.yaml());
        }
        if (witness != null) {
            String yaml = first.witnessYaml("witness", witness);
            DraftCheck.require(spec.qualifiedName(), yaml, true, line -> spec.qualifiedName() + ": --witness");
            files.put(fileOf("witness"), yaml);
        }
        return files;
    }

    private @Nullable String flag(@Nullable String origin) {
        return origin == null ? null : spec.qualifiedName() + ": " + origin;
    }

    /** All of them or, if one is there already, none. */
    private void write(Map<String, String> files) throws CommandFailure {
        Path into = Path.of(folder);
        try (NewFiles made = new NewFiles()) {
            made.folder(into, "rwxr-xr-x");
            for (String name : files.keySet()) {
                if (Files.exists(into.resolve(name))) {
                    throw CommandFailure.refused(into.resolve(name) + " is there already; nothing was written");
                }
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] text = file.getValue().getBytes(StandardCharsets.UTF_8);
                made.write(into.resolve(file.getKey()), "rw-r--r--", out -> out.write(text));
            }
            made.keep();
        } catch (FileAlreadyExistsException e) {
            throw CommandFailure.refused(into + " is no folder");
        } catch (IOException e) {
            throw new CommandFailure(into + " cannot be written: " + FailureText.of(e), e);
        }
    }

    private void tell(Map<String, String> files) {
        PrintWriter out = spec.commandLine().getOut();
        files.keySet().forEach(name -> out.println(Path.of(folder).resolve(name)));
        out.println();
        out.println("# next, with the package installed on each host: copy each file to its host");
        String copy = "scp %s root@%s:%s%n";
        out.printf(copy, shellWord(fileOf(names.get(0))), bracketed(hosts.get(0)), INSTALLED);
        out.printf(copy, shellWord(fileOf(names.get(1))), bracketed(hosts.get(1)), INSTALLED);
        if (witness != null) {
            out.printf(copy, shellWord(fileOf("witness")), bracketed(witness), "/etc/mempair/witness.yaml");
        }
        out.println();
        out.println("# on each host of the pair");
        out.println("mempair check-config " + INSTALLED);
        out.println("systemctl enable --now mempair");
        out.println("mempair wait serving standby");
        if (witness != null) {
            out.println();
            out.println("# on the host of the witness");
            out.println("mempair check-config /etc/mempair/witness.yaml");
            out.println("systemctl enable --now mempair-witness");
        }
        out.flush();
    }

    /** As scp(1) takes an address. */
    private static String bracketed(String host) {
        return host.contains(":") ? '[' + host + ']' : host;
    }

    /** The path of a file, as one word for a shell. */
    private String shellWord(String name) {
        String path = Path.of(folder).resolve(name).toString();
        return path.matches("[A-Za-z0-9_./-]+") ? path : '\'' + path.replace("'", "'\\''") + '\'';
    }
}
