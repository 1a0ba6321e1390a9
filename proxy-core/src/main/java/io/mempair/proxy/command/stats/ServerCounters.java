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
 * What one server has counted for one question, by all its processes that answered here: each counter is what earlier processes
 * had counted when they were last heard, and what the present one says. So it never falls. Not safe for several threads.
 */
final class ServerCounters {

    /** Names that are kept of one server; memcached has 20 for each of 64 classes. Whoever has more is no memcached. */
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

        /** Of two answers nobody knows which is the later. */
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
     * Takes an answer.
     *
     * @param later  whether it is certainly later than the one before: then a counter that is lower began again
     */
    void heard(List<Stat> answer, boolean later) {
        @Nullable String answering = processIn(answer);
        boolean otherProcess = answering != null && process != null && !answering.equals(process);
        if (otherProcess && !later) {
            // an answer of the process before, or one of the next that another loop has heard of and this has not
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
     * Which process answered, or null if that cannot be told: of a proxy in front of several servers {@code uptime} is the least
     * of theirs, so a start computed from it moves although nothing began again.
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

    /** {@code answer} with what all processes together have counted in place of what the present one has. */
    List<Stat> in(List<Stat> answer) {
        List<Stat> counted = new ArrayList<>(answer.size());
        for (Stat stat : answer) {
            Counter counter = counters.get(stat.name());
            counted.add(counter == null ? stat : statOf(stat.name(), counter));
        }
        return counted;
    }

    /**
     * What is still true of the server while it is away.
     *
     * @param inPool  whether it still belongs to the pool: if not, only what it has counted is true of the pool
     * @param shown   names others answered; null for all. A class of items of which nobody has the amounts is left out
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
