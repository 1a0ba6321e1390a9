package io.mempair.proxy.command.stats;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.StatsRequest;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@code stats} for every protocol: asks all servers of the pool in parallel, over this loop's connections,
 * and merges their replies. A server that is down or does not reply in time contributes its last counters only.
 * Confined to its loop.
 */
public final class StatsCommand {

    /** Concurrent queries. Each collects a reply of every server, so their number has its own bound. */
    private static final int MAX_QUESTIONS = 256;

    private static final String TOO_MANY = "SERVER_ERROR too many concurrent stats commands";

    private final ServingPlan plan;
    private final PoolStatus status;
    private int questions;

    /**
     * @param plan    this loop's connections
     * @param status  the proxy's own values
     */
    public StatsCommand(ServingPlan plan, PoolStatus status) {
        this.plan = plan;
        this.status = status;
    }

    /**
     * Asks.
     *
     * @param argument  what follows {@code stats}; empty for the general list. Only the first word is used, as in
     *     memcached
     * @param answered  called exactly once on the loop, possibly before this method returns, and no later than the
     *     servers' timeout
     */
    public void ask(String argument, Consumer<StatsAnswer> answered) {
        StatsTopic topic = StatsTopic.of(argument);
        if (topic == null) {
            answered.accept(new StatsAnswer.Unknown());
            return;
        }
        switch (topic.servers()) {
            case PRIMARIES -> put(topic, primaries(), answered);
            case ALL -> put(topic, plan.pool().all(), answered);
            case NONE ->
                answered.accept(new StatsAnswer.Listed(
                        topic == StatsTopic.PROXY ? status.proxyNumbers() : ServerReport.of(plan.pool())));
            case REFUSED ->
                answered.accept(new StatsAnswer.Refused(
                        "CLIENT_ERROR " + topic.line() + " not supported by the proxy: ask the server directly"));
        }
    }

    private void put(StatsTopic topic, List<ServerConnection> servers, Consumer<StatsAnswer> answered) {
        if (questions == MAX_QUESTIONS) {
            answered.accept(new StatsAnswer.Refused(TOO_MANY));
        } else {
            questions++;
            new StatsQuery(topic, servers, answered).send();
        }
    }

    private List<ServerConnection> primaries() {
        return IntStream.range(0, plan.pool().primaries().size())
                .mapToObj(plan.pool().primaries()::server)
                .toList();
    }

    /** One client's query, until every server has replied or failed. */
    private final class StatsQuery {

        private final StatsTopic topic;
        private final List<ServerConnection> servers;
        private final Consumer<StatsAnswer> answered;
        private final List<@Nullable ServerStats> answers = new ArrayList<>();
        private final long mark = status.keptCounters().asked();
        private int awaited = 1;

        StatsQuery(StatsTopic topic, List<ServerConnection> servers, Consumer<StatsAnswer> answered) {
            this.topic = topic;
            this.servers = servers;
            this.answered = answered;
        }

        void send() {
            byte[] line = TextReplies.line(topic.line());
            for (int i = 0; i < servers.size(); i++) {
                answers.add(null);
                ServerConnection server = servers.get(i);
                if (server.usable()) {
                    awaited++;
                    server.send(new StatsRequest(new ServerAnswer(i)), out -> out.bytes(line));
                }
            }
            oneDone();
        }

        private void oneDone() {
            if (--awaited == 0) {
                questions--;
                answered.accept(merged(answers.stream().filter(Objects::nonNull).toList()));
            }
        }

        private StatsAnswer merged(List<ServerStats> answered) {
            if (topic == StatsTopic.RESET) {
                return reset(answered);
            }
            List<ServerStats> all =
                    topic.counts() ? status.keptCounters().heard(topic, mark, answered, addresses()) : answered;
            if (topic == StatsTopic.GENERAL) {
                return new StatsAnswer.Listed(
                        StatsMerge.general(all, status.ownGeneral(), serverNumbers(answered.size())));
            }
            // without any server an empty list: clients read a list up to its END and do not expect an error
            return new StatsAnswer.Listed(
                    switch (topic) {
                        case SETTINGS -> StatsMerge.settings(all, status.ownSettings());
                        case SIZES -> StatsMerge.sizes(all);
                        default -> StatsMerge.byClass(all);
                    });
        }

        private StatsAnswer reset(List<ServerStats> answered) {
            answered.forEach(one -> status.keptCounters().reset(one.server()));
            if (answered.size() < servers.size()) {
                return new StatsAnswer.Refused("SERVER_ERROR not every server was reset");
            }
            status.keptCounters().resetAll();
            return new StatsAnswer.Reset();
        }

        private List<ServerAddress> addresses() {
            return servers.stream().map(server -> server.state().address()).toList();
        }

        private List<Stat> serverNumbers(int counted) {
            List<Stat> numbers = new ArrayList<>(status.serverNumbers());
            numbers.add(Stat.of("proxy_servers_counted", counted));
            return numbers;
        }

        /** The reply of the server with one index. */
        private final class ServerAnswer implements StatsRequest.StatsListener {

            private final int index;

            ServerAnswer(int index) {
                this.index = index;
            }

            @Override
            public void listed(List<Stat> stats) {
                answers.set(index, new ServerStats(servers.get(index).state().address(), stats));
                oneDone();
            }

            @Override
            public void refused() {
                oneDone();
            }

            @Override
            public void failed() {
                oneDone();
            }
        }
    }
}
