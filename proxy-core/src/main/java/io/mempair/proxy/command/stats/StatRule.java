package io.mempair.proxy.command.stats;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Merges the values of several servers for one name. Pure. */
enum StatRule {
    /** A counter or an amount, including fractions such as CPU time. */
    SUM(numbers(values -> values.reduce(BigDecimal::add).orElseThrow())),
    /** A flag that a single server sets, or a value that only grows. */
    MAX(numbers(values -> values.max(Comparator.naturalOrder()).orElseThrow())),
    /** A limit that holds for the whole pool, or a flag that a single server clears. */
    MIN(numbers(values -> values.min(Comparator.naturalOrder()).orElseThrow())),
    /** Like {@link #MIN}, ignoring zeros, which mean no value. */
    MIN_NONZERO(numbers(values -> values.filter(value -> value.signum() != 0)
            .min(Comparator.naturalOrder())
            .orElse(BigDecimal.ZERO))),
    /** A version: clients rely on it, so it must hold for every server. */
    LOWEST_VERSION(values -> values.stream().min(VersionOrder.INSTANCE).orElseThrow()),
    /** The common value; none if servers differ. */
    AGREED(values -> values.stream().distinct().count() == 1 ? values.get(0) : null),
    /** An unknown name: whole numbers are summed; other values are kept if all servers agree. */
    SUM_OR_AGREED(values -> values.stream().allMatch(StatRule::isWhole) ? SUM.of(values) : AGREED.of(values));

    /** Numbers as memcached writes them; longer ones are not counters. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,9})?");

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,20}");

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Function<List<String>, @Nullable String> merge;

    StatRule(Function<List<String>, @Nullable String> merge) {
        this.merge = merge;
    }

    /** Merges at least one value; null if no value would be correct. */
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
