package io.mempair.proxy.command.stats;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.StatsRequest;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@code stats} for every protocol: asks all servers of the pool in parallel, over this loop's connections,
 * and merges their replies. A server that is down or does not reply in time contributes its last counters only. Only a
 * few questions are with the servers at a time. The others wait in order, and those that ask for the same share one
 * answer, which is gathered after the last of them was asked. Confined to its loop.
 */
public final class StatsCommand {

    /** Concurrent queries. Each collects a reply of every server, so their number has its own bound. */
    private static final int MAX_QUERIES = 16;

    /** Questions that one answer is shared by: their answers leave in the same turn. */
    private static final int MAX_SHARED = 64;

    private final ServingPlan plan;
    private final PoolStatus status;
    private final Deque<StatsQuestion> waiting = new ArrayDeque<>();
    private int queries;

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
     * @param answered  called exactly once on the loop, possibly before this method returns; the servers' timeout bounds
     *     each query
     */
    public void ask(String argument, Consumer<StatsAnswer> answered) {
        StatsTopic topic = StatsTopic.of(argument);
        if (topic == null) {
            answered.accept(new StatsAnswer.Unknown());
            return;
        }
        switch (topic.servers()) {
            case PRIMARIES, ALL -> put(topic, answered);
            case NONE ->
                answered.accept(new StatsAnswer.Listed(
                        topic == StatsTopic.PROXY ? status.proxyNumbers() : ServerReport.of(plan.pool())));
            case REFUSED ->
                answered.accept(new StatsAnswer.Refused(
                        "CLIENT_ERROR " + topic.line() + " not supported by the proxy: ask the server directly"));
        }
    }

    /** No question overtakes an earlier one: {@code stats reset} and what follows it are seen in order. */
    private void put(StatsTopic topic, Consumer<StatsAnswer> answered) {
        StatsQuestion last = waiting.peekLast();
        if (last == null || last.topic != topic || last.answered.size() == MAX_SHARED) {
            last = new StatsQuestion(topic);
            waiting.add(last);
        }
        last.answered.add(answered);
        sendNext();
    }

    private void sendNext() {
        while (queries < MAX_QUERIES && !waiting.isEmpty()) {
            StatsQuestion next = waiting.remove();
            queries++;
            boolean primariesOnly = next.topic.servers() == StatsTopic.Servers.PRIMARIES;
            new StatsQuery(next, primariesOnly ? primaries() : plan.pool().all()).send();
        }
    }

    private List<ServerConnection> primaries() {
        return IntStream.range(0, plan.pool().primaries().size())
                .mapToObj(plan.pool().primaries()::server)
                .toList();
    }

    /** What some clients ask, with one answer for all of them. */
    private static final class StatsQuestion {

        private final StatsTopic topic;
        private final List<Consumer<StatsAnswer>> answered = new ArrayList<>(1);

        StatsQuestion(StatsTopic topic) {
            this.topic = topic;
        }

        void answer(StatsAnswer answer) {
            answered.forEach(client -> client.accept(answer));
        }
    }

    /** One question, until every server has replied or failed. */
    private final class StatsQuery {

        private final StatsQuestion question;
        private final StatsTopic topic;
        private final List<ServerConnection> servers;
        private final List<@Nullable ServerStats> answers = new ArrayList<>();
        private final long mark = status.keptCounters().asked();
        private int awaited = 1;

        StatsQuery(StatsQuestion question, List<ServerConnection> servers) {
            this.question = question;
            this.topic = question.topic;
            this.servers = servers;
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
                queries--;
                question.answer(merged(answers.stream().filter(Objects::nonNull).toList()));
                sendNext();
            }
        }

        private StatsAnswer merged(List<ServerStats> answered) {
            if (topic == StatsTopic.RESET) {
                return reset(answered);
            }
            List<ServerStats> all =
                    topic.counts() ? status.keptCounters().heard(topic, mark, answered, addresses()) : answered;
            if (topic == StatsTopic.GENERAL) {
                return new StatsAnswer.Listed(StatsMerge.general(
                        all, status.ownGeneral(), serverNumbers(answered.size()), status.exporterNumbers()));
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
