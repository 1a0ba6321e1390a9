package io.mempair.ha.cli;

import io.mempair.ha.config.ProxyValues;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.config.UnixSocketConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** magent's flags, and long names for all, as a {@link ProxyConfig}. */
final class ProxyFlags {

    @Option(
            names = {"-s", "--server"},
            split = ",",
            paramLabel = "HOST[:PORT]",
            description = "a memcached server; repeat for more. The order is part of the placement of keys")
    private List<String> servers = new ArrayList<>();

    @Option(
            names = {"-b", "--backup"},
            split = ",",
            paramLabel = "HOST[:PORT]",
            description = "a server of the backup tier; repeat for more")
    private List<String> backups = new ArrayList<>();

    @Option(
            names = {"-l", "--listen"},
            split = ",",
            paramLabel = "ADDRESS[:PORT]",
            description = "where clients connect (default: 0.0.0.0)")
    private List<String> listen = new ArrayList<>();

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "TCP port where -l names none (default: 11211); 0 for the unix socket of -f alone")
    private String port = "";

    @Option(
            names = {"-f", "--unix-socket"},
            paramLabel = "PATH",
            description = "a unix socket where clients connect, besides TCP")
    private String unixSocket = "";

    @Option(names = "--unix-socket-mode", paramLabel = "MODE", description = "its permission bits (default: 0700)")
    private String unixSocketMode = "";

    @Option(
            names = {"-n", "--max-clients"},
            paramLabel = "N",
            description = "client connections at once (default: 4096, which 0 and less mean too)")
    private String maxClients = "";

    @Option(
            names = {"-k", "--ketama"},
            description = "place keys by magent's ketama, not by modulo")
    private boolean ketama;

    @Option(names = "--loops", paramLabel = "N", description = "event loops (default: one a processor, at most 4)")
    private String loops = "";

    @Option(
            names = "--gather",
            paramLabel = "MICROS",
            description = "hold output at most so long for more input: auto, off or 1..200 (default: off)")
    private String gather = "";

    @Option(names = "--transport", paramLabel = "NAME", description = "auto, io_uring, epoll or nio (default: auto)")
    private String transport = "";

    @Option(names = "--timeout", paramLabel = "TIME", description = "for one answer of a server (default: 500ms)")
    private String timeout = "";

    @Option(names = "--max-value", paramLabel = "SIZE", description = "longest value (default: auto, as the servers)")
    private String maxValue = "";

    @Option(
            names = "--failed-read",
            paramLabel = "WHAT",
            description = "what a read hears whose servers are down: error or miss (default: error)")
    private String failedRead = "";

    @Mixin
    private CopyFlags copies = new CopyFlags();

    /** Whether any flag was given that a file would set too. */
    boolean given() {
        return ketama
                || copies.given()
                || !servers.isEmpty()
                || !backups.isEmpty()
                || !listen.isEmpty()
                || !failedRead.isEmpty()
                || !(port + unixSocket + unixSocketMode + maxClients + loops + gather + transport + timeout + maxValue)
                        .isEmpty();
    }

    /** The configuration the flags describe; one message with flag and expectation when they cannot be right. */
    ProxyConfig config(CommandLine commandLine) {
        if (servers.isEmpty()) {
            throw new ParameterException(
                    commandLine, "-s: missing (expected: a memcached server, as in 10.0.0.21:11211)");
        }
        ServerTimeouts times = ServerTimeouts.DEFAULT;
        ClientLimits limits = ClientLimits.DEFAULT;
        int clients = Flags.value(commandLine, "-n", maxClients, limits.maxClients(), ProxyFlags::clients);
        int valueBytes =
                Flags.value(commandLine, "--max-value", maxValue, limits.maxValueBytes(), ProxyValues::maxValueBytes);
        Duration request = Flags.value(commandLine, "--timeout", timeout, times.request(), ProxyValues::timeout);
        var pool = Flags.read(
                commandLine,
                "-s, -b",
                "",
                none -> new PoolConfig(
                        addresses(commandLine, "-s", servers, ServerAddress.MEMCACHED_PORT),
                        addresses(commandLine, "-b", backups, ServerAddress.MEMCACHED_PORT),
                        ketama ? Distribution.MAGENT_KETAMA : Distribution.MODULO,
                        new ServerTimeouts(
                                times.connect(), request, times.probe(), times.retryMin(), times.retryMax())));
        CopyPolicy policy = copies.policy(commandLine, pool);
        int loopCount = Flags.value(commandLine, "--loops", loops, ProxyConfig.defaultLoops(), ProxyValues::loops);
        Duration held = Flags.value(commandLine, "--gather", gather, ProxyConfig.DEFAULT_GATHER, ProxyValues::gather);
        return new ProxyConfig(
                        listeners(commandLine),
                        pool.with(policy),
                        Flags.read(
                                commandLine,
                                "--max-value, --loops",
                                "",
                                none -> fitting(clients, limits.maxInFlight(), valueBytes, loopCount)),
                        ClientPolicy.OPEN.with(Flags.value(
                                commandLine, "--failed-read", failedRead, FailedRead.ERROR, ProxyValues::failedRead)),
                        loopCount,
                        Flags.value(
                                commandLine, "--transport", transport, TransportChoice.AUTO, ProxyValues::transport))
                .withGather(held);
    }

    /** There is no flag for the memory of values on their way in: it is as much as the longest value needs. */
    private static ClientLimits fitting(int clients, int inFlight, int valueBytes, int loops) {
        MemoryPlan memory = MemoryPlan.ofThisProcess();
        long unread = memory.defaultUnreadBytes(loops);
        long usual = memory.defaultBufferedBytes(loops, unread);
        long buffered = valueBytes == ClientLimits.LEARNED ? usual : Math.max(usual, valueBytes);
        return memory.require(new ClientLimits(clients, inFlight, valueBytes, unread, buffered), loops);
    }

    private ListenerConfig listeners(CommandLine commandLine) {
        UnixSocketConfig unix = unixSocket(commandLine);
        if (port.equals("0")) {
            if (unix == null) {
                throw new ParameterException(
                        commandLine, "-p: 0, and no unix socket (expected: -f PATH, or a port of 1..65535)");
            }
            if (!listen.isEmpty()) {
                throw new ParameterException(
                        commandLine, "-l: together with -p 0 (expected: -l, or -p 0 for the unix socket alone)");
            }
            return new ListenerConfig(List.of(), unix, null);
        }
        int tcpPort = Flags.value(commandLine, "-p", port, ServerAddress.MEMCACHED_PORT, ProxyFlags::portNumber);
        return new ListenerConfig(
                addresses(commandLine, "-l", listen.isEmpty() ? List.of("0.0.0.0") : listen, tcpPort), unix, null);
    }

    private @Nullable UnixSocketConfig unixSocket(CommandLine commandLine) {
        int mode = Flags.value(
                commandLine, "--unix-socket-mode", unixSocketMode, UnixSocketConfig.DEFAULT_MODE, ProxyValues::mode);
        if (unixSocket.isEmpty()) {
            if (!unixSocketMode.isEmpty()) {
                throw new ParameterException(commandLine, "--unix-socket-mode: does nothing alone (expected: with -f)");
            }
            return null;
        }
        return Flags.read(
                commandLine,
                "-f",
                unixSocket,
                path -> new UnixSocketConfig(Path.of(path).toAbsolutePath(), mode));
    }

    private static List<ServerAddress> addresses(
            CommandLine commandLine, String flag, List<String> texts, int defaultPort) {
        return texts.stream()
                .map(text -> Flags.read(commandLine, flag, text, t -> ProxyValues.address(t, defaultPort)))
                .toList();
    }

    /** magent takes 0 and less for its default. */
    private static int clients(String text) {
        return ProxyValues.number(text) <= 0 ? ClientLimits.DEFAULT.maxClients() : ProxyValues.maxClients(text);
    }

    private static int portNumber(String text) {
        return new ServerAddress("any", ProxyValues.number(text)).port();
    }
}
