package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What a test found to be wrong: how often, and the first few in words. For any thread. */
public final class ModelFindings {

    private static final int MAX_KEPT = 10;

    private final List<String> kept = new ArrayList<>();
    private long count;

    /** Notes one. */
    public synchronized void add(String finding) {
        count++;
        if (kept.size() < MAX_KEPT) {
            kept.add(finding);
        }
    }

    /** Notes each of them. */
    public synchronized void addAll(Collection<String> findings) {
        findings.forEach(this::add);
    }

    /** Fails unless there are none; {@code where} says what was looked at. */
    public synchronized void assertNone(String where) {
        assertThat(count).as("%s: %s", where, String.join("\n    ", kept)).isZero();
    }
}
