package io.mempair.ha.check;

import io.mempair.ha.config.TieBreakerConfig;
import io.mempair.proxy.config.ServerAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The addresses of the tie-breaker. Resolves names, so it may block on the name servers. One thread. */
final class Questions {

    /** Servers probed by default; one answer is enough. */
    private static final int MAX_SERVERS = 8;

    private final TieBreakerConfig config;
    private final Supplier<List<ServerAddress>> servers;
    private final Set<String> pairHosts;
    private final Gateway gateway;

    /**
     * @param servers    those of the proxy now; a reload may change them
     * @param pairHosts  hosts that fail with a node or move with the active one: the peers and the virtual addresses
     */
    Questions(TieBreakerConfig config, Supplier<List<ServerAddress>> servers, Set<String> pairHosts, Gateway gateway) {
        this.config = config;
        this.servers = servers;
        this.pairHosts = Set.copyOf(pairHosts);
        this.gateway = gateway;
    }

    /** The current addresses; omits names that cannot be resolved. */
    List<Question> look() {
        List<Question> questions = new ArrayList<>();
        if (config.automatic()) {
            addGateway(questions);
            addForeignServers(questions);
        }
        for (TieBreakerConfig.Target target : config.targets()) {
            if (target instanceof TieBreakerConfig.GatewayTieBreaker) {
                addGateway(questions);
            } else if (target instanceof TieBreakerConfig.HostTieBreaker host) {
                add(questions, host.address(), resolve(host.address()), Question.ECHO);
            } else if (target instanceof TieBreakerConfig.Server server) {
                ServerAddress address = server.address();
                add(questions, address.toString(), resolve(address.host()), address.port());
            }
        }
        return questions;
    }

    private void addGateway(List<Question> questions) {
        InetAddress address = gateway.address();
        add(questions, address == null ? "" : "gateway " + address.getHostAddress(), address, Question.ECHO);
    }

    private void addForeignServers(List<Question> questions) {
        Set<InetAddress> ofThePair = pairHosts.stream()
                .map(Questions::resolve)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        int added = 0;
        for (ServerAddress server : servers.get()) {
            InetAddress address = resolve(server.host());
            if (added < MAX_SERVERS && address != null && !ofThePair.contains(address) && !isOwn(address)) {
                add(questions, server.toString(), address, server.port());
                added++;
            }
        }
    }

    private static void add(List<Question> questions, String name, @Nullable InetAddress address, int port) {
        if (address != null) {
            Question question = new Question(name, address, port);
            if (!questions.contains(question)) {
                questions.add(question);
            }
        }
    }

    private static boolean isOwn(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }

    private static @Nullable InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
