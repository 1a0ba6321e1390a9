package io.mempair.ha.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Combines the findings of all checks. Reports nothing before every check has reported, so that a check that has not
 * run never makes a node fit. Any thread; the listener is called by one thread at a time, in order.
 */
final class Findings {

    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

    private final List<@Nullable List<String>> found = new ArrayList<>();
    private final Consumer<List<String>> changed;
    private @Nullable List<String> told;

    Findings(Consumer<List<String>> changed) {
        this.changed = changed;
    }

    /** Adds a check, which passes its findings to the result. Add all checks before the first one reports. */
    synchronized Consumer<List<String>> source() {
        int index = found.size();
        found.add(null);
        return problems -> put(index, problems);
    }

    private synchronized void put(int index, List<String> problems) {
        found.set(index, List.copyOf(problems));
        List<String> all = new ArrayList<>();
        for (List<String> one : found) {
            if (one == null) {
                return;
            }
            all.addAll(one);
        }
        if (all.equals(told)) {
            return;
        }
        for (String problem : all) {
            if (told == null || !told.contains(problem)) {
                LOG.atError().addKeyValue("reason", problem).log("not fit to be active: {} event=unfit", problem);
            }
        }
        told = all;
        changed.accept(all);
    }
}
