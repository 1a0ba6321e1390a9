package io.mempair.proxy.command.stats;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the values several servers have for one name become one value. Pure. */
enum StatRule {
    /** A counter or an amount. Fractions too: the processor time of all is the sum of theirs. */
    SUM(numbers(values -> values.reduce(BigDecimal::add).orElseThrow())),
    /** A flag that one server is enough to raise, or a value that only grows. */
    MAX(numbers(values -> values.max(Comparator.naturalOrder()).orElseThrow())),
    /** A limit that counts for all, or a flag that one server is enough to lower. */
    MIN(numbers(values -> values.min(Comparator.naturalOrder()).orElseThrow())),
    /** As {@link #MIN}, of those that have a value at all: zero is none. */
    MIN_NONZERO(numbers(values -> values.filter(value -> value.signum() != 0)
            .min(Comparator.naturalOrder())
            .orElse(BigDecimal.ZERO))),
    /** A version: clients draw conclusions from it, which must be true of all. */
    LOWEST_VERSION(values -> values.stream().min(VersionOrder.INSTANCE).orElseThrow()),
    /** The value all have; none if they differ. */
    AGREED(values -> values.stream().distinct().count() == 1 ? values.get(0) : null),
    /** A name not known here: whole numbers are taken for counters, the rest is kept if all agree. */
    SUM_OR_AGREED(values -> values.stream().allMatch(StatRule::isWhole) ? SUM.of(values) : AGREED.of(values));

    /** Numbers as memcached writes them. Longer ones are no counters, and not worth our memory. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,9})?");

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,20}");

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Function<List<String>, @Nullable String> merge;

    StatRule(Function<List<String>, @Nullable String> merge) {
        this.merge = merge;
    }

    /** One value for at least one, or null if there is none that would be true. */
    @Nullable
    String of(List<String> values) {
        return merge.apply(values);
    }

    private static Function<List<String>, @Nullable String> numbers(Function<Stream<BigDecimal>, BigDecimal> merge) {
        return values -> {
            List<BigDecimal> parsed = new ArrayList<>(values.size());
            for (String value : values) {
                if (!NUMBER.matcher(value).matches()) {
                    return null;
                }
                parsed.add(new BigDecimal(value));
            }
            return merge.apply(parsed.stream()).toPlainString();
        };
    }

    private static boolean isWhole(String value) {
        return WHOLE.matcher(value).matches();
    }
}
