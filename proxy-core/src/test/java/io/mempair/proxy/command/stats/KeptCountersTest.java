package io.mempair.proxy.command.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.protocol.Stat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptCountersTest {

    private static final ServerAddress A = new ServerAddress("a", 1);
    private static final ServerAddress B = new ServerAddress("b", 1);

    private final KeptCounters kept = new KeptCounters();

    @Test
    void aServerThatIsAwayStillCountsAndShowsNoAmountOfTheMoment() {
        general(of(A, "cmd_get 5", "curr_items 7", "limit_maxbytes 64"), of(B, "cmd_get 3", "limit_maxbytes 32"));

        assertThat(general(of(B, "cmd_get 4", "curr_items 1", "limit_maxbytes 32")))
                .isEqualTo(Map.of("cmd_get", "9", "curr_items", "1", "limit_maxbytes", "96"));
        assertThat(general()).isEqualTo(Map.of("cmd_get", "9", "limit_maxbytes", "96"));
        assertThat(general(of(A, "cmd_get 6", "curr_items 7", "limit_maxbytes 64"), of(B, "cmd_get 4")))
                .containsEntry("cmd_get", "10");
    }

    @Test
    void whatARestartedServerHadCountedStaysInTheSum() {
        general(of(A, "pid 1", "time 100", "uptime 50", "cmd_get 5", "get_hits 2"));

        assertThat(general(of(A, "pid 1", "time 160", "uptime 10", "cmd_get 1", "get_hits 3")))
                .as("another start, although the hits have passed the former ones")
                .containsEntry("cmd_get", "6")
                .containsEntry("get_hits", "5");
        assertThat(general(of(A, "pid 1", "time 170", "uptime 20", "cmd_get 2", "get_hits 4")))
                .containsEntry("cmd_get", "7")
                .containsEntry("get_hits", "6");
    }

    @Test
    void onlyACounterThatFellBeganAgainWhenItIsNotToldWhichProcessAnswers() {
        general(of(A, "pid 1", "time 100", "uptime 50", "cmd_get 5", "cmd_set 5", "proxy_servers 2"));

        assertThat(general(of(A, "pid 1", "time 110", "uptime 2", "cmd_get 3", "cmd_set 9", "proxy_servers 2")))
                .containsEntry("cmd_get", "8")
                .containsEntry("cmd_set", "9");
    }

    @Test
    void theLeastUptimeDoesNotRiseByALoss() {
        general(of(A, "uptime 5"), of(B, "uptime 100"));

        assertThat(general(of(B, "uptime 110"))).containsEntry("uptime", "5");
        assertThat(general()).containsEntry("uptime", "5");
        assertThat(general(of(A, "uptime 27"), of(B, "uptime 120"))).containsEntry("uptime", "27");
    }

    @Test
    void anAnswerThatCrossedALaterOneIsNotTakenForARestart() {
        long early = kept.asked();
        long late = kept.asked();
        heard(late, of(A, "pid 1", "time 100", "uptime 50", "cmd_get 10"));

        assertThat(heard(early, of(A, "pid 1", "time 100", "uptime 50", "cmd_get 9")))
                .containsEntry("cmd_get", "10");
        assertThat(general(of(A, "pid 1", "time 100", "uptime 50", "cmd_get 11")))
                .containsEntry("cmd_get", "11");
    }

    @Test
    void aResetStartsAnewAndAnAnswerFromBeforeItIsForgotten() {
        general(of(A, "cmd_get 5"), of(B, "cmd_get 3"));
        long before = kept.asked();
        kept.reset(A);

        assertThat(heard(before, of(A, "cmd_get 6"), of(B, "cmd_get 3"))).containsEntry("cmd_get", "9");
        assertThat(general(of(A, "cmd_get 0"), of(B, "cmd_get 3"))).containsEntry("cmd_get", "3");
        kept.reset(B);
        kept.resetAll();
        assertThat(general(of(A, "cmd_get 1"), of(B, "cmd_get 1"))).containsEntry("cmd_get", "2");
    }

    @Test
    void aServerThatLeftThePoolLeavesWhatItCountedAndNotItsMemory() {
        general(of(A, "cmd_get 5", "limit_maxbytes 64"), of(B, "cmd_get 3", "limit_maxbytes 32"));

        assertThat(merged(
                        StatsTopic.GENERAL,
                        kept.heard(
                                StatsTopic.GENERAL,
                                kept.asked(),
                                List.of(of(B, "cmd_get 3", "limit_maxbytes 32")),
                                List.of(B))))
                .isEqualTo(Map.of("cmd_get", "8", "limit_maxbytes", "32"));
    }

    @Test
    void countersOfAClassAreKeptWhereSomebodyHasItsAmounts() {
        List<ServerAddress> pool = List.of(A, B);
        kept.heard(
                StatsTopic.ITEMS,
                kept.asked(),
                List.of(
                        of(A, "items:1:number 4", "items:1:evicted 7", "items:2:number 1", "items:2:evicted 1"),
                        of(B, "items:1:number 2", "items:1:evicted 1")),
                pool);

        assertThat(merged(
                        StatsTopic.ITEMS,
                        kept.heard(
                                StatsTopic.ITEMS,
                                kept.asked(),
                                List.of(of(B, "items:1:number 2", "items:1:evicted 1")),
                                pool)))
                .isEqualTo(Map.of("items:1:number", "2", "items:1:evicted", "8"));
        assertThat(kept.heard(StatsTopic.ITEMS, kept.asked(), List.of(), pool))
                .allMatch(server -> server.stats().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noSumEverFallsWhateverServersDo(long seed) {
        Random random = new Random(seed);
        long[] counted = new long[2];
        int[] pids = {1, 1};
        long sum = 0;
        List<Long> crossing = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            int server = random.nextInt(2);
            counted[server] += random.nextInt(10);
            if (random.nextInt(20) == 0) {
                counted[server] = random.nextInt(3);
                pids[server]++;
            }
            crossing.add(kept.asked());
            if (random.nextInt(3) == 0) {
                continue;
            }
            long mark = crossing.remove(random.nextInt(crossing.size()));
            List<ServerStats> answers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                if (random.nextInt(4) > 0) {
                    answers.add(of(
                            i == 0 ? A : B,
                            "pid " + pids[i],
                            "time 10",
                            "uptime 1",
                            "cmd_get " + Math.max(0, counted[i] - random.nextInt(3))));
                }
            }
            String now = heard(mark, answers.toArray(ServerStats[]::new)).get("cmd_get");
            long next = now == null ? 0 : Long.parseLong(now);
            assertThat(next).as("seed=%d step=%d", seed, step).isGreaterThanOrEqualTo(sum);
            sum = next;
        }
    }

    private Map<String, String> general(ServerStats... answers) {
        return heard(kept.asked(), answers);
    }

    private Map<String, String> heard(long mark, ServerStats... answers) {
        return merged(StatsTopic.GENERAL, kept.heard(StatsTopic.GENERAL, mark, List.of(answers), List.of(A, B)));
    }

    private static Map<String, String> merged(StatsTopic topic, List<ServerStats> servers) {
        List<Stat> list = topic == StatsTopic.GENERAL
                ? StatsMerge.general(servers, List.of(), List.of(), List.of())
                : StatsMerge.byClass(servers);
        Map<String, String> merged = new LinkedHashMap<>();
        list.forEach(stat -> merged.put(stat.name(), stat.value()));
        return merged;
    }

    private static ServerStats of(ServerAddress server, String... stats) {
        List<Stat> list = new ArrayList<>();
        for (String stat : stats) {
            list.add(new Stat(stat.substring(0, stat.indexOf(' ')), stat.substring(stat.indexOf(' ') + 1)));
        }
        return new ServerStats(server, list);
    }
}
