package io.mempair.proxy.testkit.script;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one run, in the order in which they were asked for. {@link #explore} repeats a run with every other
 * sequence of decisions, so a run must depend on nothing else. One thread.
 */
public final class Choices {

    private final int[] prefix;
    private final List<Integer> taken = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final List<String> script = new ArrayList<>();

    private Choices(int[] prefix) {
        this.prefix = prefix;
    }

    /**
     * Runs {@code run} once for each sequence of decisions it can come to, depth first.
     *
     * @param name  of the case, for the message of a failure
     * @param most  runs at most: more is a mistake of the test
     * @return how many runs there were
     */
    public static int explore(String name, int most, Consumer<Choices> run) {
        int runs = 0;
        int[] next = {};
        while (next != null) {
            if (++runs > most) {
                throw new AssertionError(name + ": more than " + most + " scripts");
            }
            Choices choices = new Choices(next);
            try {
                run.accept(choices);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(name + ", script " + choices + ": " + failure.getMessage(), failure);
            }
            next = choices.following();
        }
        return runs;
    }

    /** One of {@code options}; each is taken by some run. */
    public <T> T among(List<T> options) {
        int place = taken.size();
        int index = place < prefix.length ? prefix[place] : 0;
        taken.add(index);
        sizes.add(options.size());
        T option = options.get(index);
        if (options.size() > 1) {
            script.add(String.valueOf(option));
        }
        return option;
    }

    private int @Nullable [] following() {
        int last = taken.size() - 1;
        while (last >= 0 && taken.get(last) + 1 == sizes.get(last)) {
            last--;
        }
        if (last < 0) {
            return null;
        }
        int[] next = new int[last + 1];
        for (int i = 0; i < last; i++) {
            next[i] = taken.get(i);
        }
        next[last] = taken.get(last) + 1;
        return next;
    }

    /** What was decided so far, where there was anything to decide. */
    @Override
    public String toString() {
        return script.toString();
    }
}
