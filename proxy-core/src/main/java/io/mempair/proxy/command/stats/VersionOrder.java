package io.mempair.proxy.command.stats;

import java.math.BigInteger;
import java.util.Comparator;

/** Orders versions by their numbers: 1.6.9 before 1.6.18, 1.6 before 1.6.1. Ignores words between the numbers. */
public final class VersionOrder implements Comparator<String> {

    /** The only instance. */
    public static final VersionOrder INSTANCE = new VersionOrder();

    private VersionOrder() {}

    @Override
    public int compare(String one, String other) {
        String[] left = one.split("[^0-9]+", -1);
        String[] right = other.split("[^0-9]+", -1);
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int difference = number(left, i).compareTo(number(right, i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    /** A missing number sorts before zero. */
    private static BigInteger number(String[] parts, int index) {
        if (index >= parts.length) {
            return BigInteger.ONE.negate();
        }
        return parts[index].isEmpty() ? BigInteger.ZERO : new BigInteger(parts[index]);
    }
}
