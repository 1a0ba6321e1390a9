package io.mempair.proxy.command.stats;

import io.mempair.proxy.protocol.Stat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Counters of one server for one topic, over all its processes that replied here. Each counter is the sum of the last
 * values of earlier processes and the current one's value, so it never falls. Not thread-safe.
 */
final class ServerCounters {

    /** Most names kept per server; memcached has 20 for each of 64 classes. */
    private static final int MAX_NAMES = 4_096;

    /** Numbers as memcached writes its counters. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}(\\.[0-9]{1,9})?");

    /** One counter. */
    private record Counter(BigDecimal earlier, BigDecimal last) {

        BigDecimal total() {
            return earlier.add(last);
        }

        Counter next(BigDecimal value, boolean otherProcess) {
            return otherProcess || value.compareTo(last) < 0
                    ? new Counter(total(), value)
                    : new Counter(earlier, value);
        }

        /** Merges a reply that may be older or newer than the stored one. */
        Counter atLeast(BigDecimal value) {
            return value.compareTo(last) > 0 ? new Counter(earlier, value) : this;
        }
    }

    private final StatsTopic topic;
    private final Map<String, Counter> counters = new LinkedHashMap<>();
    private final Map<String, String> lasting = new LinkedHashMap<>();
    private @Nullable String process;

    ServerCounters(StatsTopic topic) {
        this.topic = topic;
    }

    /**
     * Stores a reply.
     *
     * @param later  whether it is certainly newer than the stored one: then a lower counter has restarted
     */
    void heard(List<Stat> answer, boolean later) {
        @Nullable String answering = processIn(answer);
        boolean otherProcess = answering != null && process != null && !answering.equals(process);
        if (otherProcess && !later) {
            // a reply of the previous process, or of the next one, which only another loop has seen so far
            return;
        }
        process = answering == null ? process : answering;
        for (Stat stat : answer) {
            if (CounterNames.isCounter(topic, stat.name())
                    && NUMBER.matcher(stat.value()).matches()) {
                count(stat, later, otherProcess);
            } else if (CounterNames.isLasting(topic, stat.name())) {
                lasting.put(stat.name(), stat.value());
            }
        }
    }

    private void count(Stat stat, boolean later, boolean otherProcess) {
        BigDecimal value = new BigDecimal(stat.value());
        Counter known = counters.get(stat.name());
        if (known != null) {
            counters.put(stat.name(), later ? known.next(value, otherProcess) : known.atLeast(value));
        } else if (counters.size() < MAX_NAMES) {
            counters.put(stat.name(), new Counter(BigDecimal.ZERO, value));
        }
    }

    /**
     * The process that replied, or null if unknown. A proxy reports the lowest {@code uptime} of its servers, so a
     * start time computed from it moves without a restart.
     */
    private static @Nullable String processIn(List<Stat> answer) {
        Map<String, String> found = new LinkedHashMap<>();
        for (Stat stat : answer) {
            if (stat.name().startsWith("proxy_")) {
                return null;
            }
            if (stat.name().equals("pid")
                    || stat.name().equals("time")
                    || stat.name().equals("uptime")) {
                found.put(stat.name(), stat.value());
            }
        }
        try {
            return found.size() < 3
                    ? null
                    : found.get("pid") + " "
                            + (Long.parseLong(found.get("time")) - Long.parseLong(found.get("uptime")));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code answer} with the totals over all processes in place of the current one's counters. */
    List<Stat> in(List<Stat> answer) {
        List<Stat> counted = new ArrayList<>(answer.size());
        for (Stat stat : answer) {
            Counter counter = counters.get(stat.name());
            counted.add(counter == null ? stat : statOf(stat.name(), counter));
        }
        return counted;
    }

    /**
     * The values that hold while the server is down.
     *
     * @param inPool  whether it still belongs to the pool; if not, only its counters apply
     * @param shown   names in the replies of other servers, or null for all; a class without gauges in any reply is
     *     omitted
     */
    List<Stat> ofAbsent(boolean inPool, @Nullable Set<String> shown) {
        List<Stat> still = new ArrayList<>();
        if (inPool) {
            lasting.forEach((name, value) -> still.add(new Stat(name, value)));
        }
        counters.forEach((name, counter) -> {
            if (shown == null || shown.contains(name)) {
                still.add(statOf(name, counter));
            }
        });
        return still;
    }

    private static Stat statOf(String name, Counter counter) {
        return new Stat(name, counter.total().toPlainString());
    }
}
