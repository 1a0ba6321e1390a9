package io.mempair.ha.cli;

import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.locate.KeyLocator;
import io.mempair.ha.locate.LocateText;
import io.mempair.ha.locate.LocatedKey;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.inspect.KeyText;
import io.mempair.proxy.refill.KeyToken;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.MovedKeys;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair locate}: on which servers keys belong, and what is there. */
@Command(
        name = "locate",
        description = "Says on which servers keys belong by a file, and what these servers have of them.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:each key is on every server that it belongs on, and its copies are alike",
            "1:a key is not there, its copies differ, or a server could not be asked",
            ExitCodes.WRONG
        },
        footer = {
            "",
            "It asks the servers itself, with their TLS and login, whether a node runs or not, and changes nothing on them: an item"
                    + " keeps its place in the LRU, its lifetime, and what other clients see of it. If the node on this host"
                    + " runs by another placement than the file, that is said.",
            "",
            "A key is written as tap and slow show it: a byte that is no printable character is \\xNN. Copies whose lifetimes"
                    + " differ by 2 s and less are alike.",
            "",
            "Examples:",
            "  mempair locate user:42",
            "  mempair locate user:42 'a\\x20b' --json",
            "  mempair locate --base64 dXNlcjo0Mg== --config /etc/mempair/proxy.yaml"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class LocateCommand implements Callable<Integer> {

    /** What a decoder puts in place of bytes that it does not know. */
    private static final char REPLACEMENT = '\uFFFD';

    @Parameters(paramLabel = "KEY", arity = "1..*", description = "the keys")
    private List<String> words = List.of();

    @Option(names = "--base64", description = "the keys are written in Base64, as the meta commands have it")
    private boolean base64;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the file of a node or of a proxy alone (default: /etc/mempair/mempair.yaml)")
    private String config = "/etc/mempair/mempair.yaml";

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException {
        List<Key> keys = words.stream().map(this::key).distinct().toList();
        List<LocatedKey> located = new KeyLocator(pool(Path.of(config)), new SystemClock()).locate(keys);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? LocateText.json(located) : TableView.of(LocateText.tables(located), Ansi.AUTO));
        out.flush();
        return located.stream().allMatch(key -> key.agreement() == LocatedKey.Agreement.ALIKE) ? 0 : 1;
    }

    /** The pool of the file; says so if something runs by another placement. */
    private PoolConfig pool(Path file) throws ConfigException {
        ConfigText text = ConfigText.ofFileOrPipe(file);
        if (ConfigReader.describesNode(text)) {
            NodeConfig node = ConfigReader.readNode(text);
            return compared(node.admin().control(), node.proxy().pool());
        }
        ProxyFile alone = ConfigReader.readProxy(text);
        AdminConfig admin = alone.admin();
        return compared(admin == null ? null : admin.control(), alone.proxy().pool());
    }

    private PoolConfig compared(@Nullable Path control, PoolConfig pool) {
        MovedKeys moved = RunningPlacement.moved(control, pool);
        if (!moved.isNone()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(config + ": " + moved + " belong to another server than by what runs now"
                    + " (shown is the file; mempair reload --dry-run says what differs)");
            err.flush();
        }
        return pool;
    }

    private Key key(String word) {
        byte[] bytes;
        try {
            bytes = base64 ? Base64.getDecoder().decode(word) : KeyText.read(word);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "KEY: '" + word + "' (expected: Base64)", e);
        }
        if (word.indexOf(REPLACEMENT) >= 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "KEY: '" + word + "' has letters that this shell's locale has not (expected: \\xNN for each byte)");
        }
        Key key = Key.of(bytes, 0, bytes.length);
        if (KeyToken.of(key, true) == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "KEY: '" + word + "' has " + bytes.length + " bytes (expected: 1 to " + KeyToken.MAX_PLAIN_BYTES
                            + ", with a blank or a line end in it to " + KeyToken.MAX_ENCODED_BYTES + ')');
        }
        return key;
    }
}
