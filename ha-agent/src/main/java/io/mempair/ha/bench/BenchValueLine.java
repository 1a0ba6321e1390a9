package io.mempair.ha.bench;

/** The parts of a line {@code VALUE key flags bytes}, read without an object for each. Pure; one thread. */
final class BenchValueLine {

    private static final int KEY_FROM = "VALUE ".length();

    /** Far above what memcached can store; flags have 32 bits. */
    private static final long MAX_NUMBER = 0xffff_ffffL;

    private final Dataset dataset;
    private int number;
    private long flags;
    private long dataBytes;

    BenchValueLine(Dataset dataset) {
        this.dataset = dataset;
    }

    /** Number of the key; -1 if it is none of ours. */
    int number() {
        return number;
    }

    long flags() {
        return flags;
    }

    long dataBytes() {
        return dataBytes;
    }

    /** Reads a line that begins with {@code VALUE }; false if it is none. */
    boolean read(byte[] line, int length) {
        int keyTo = tokenEnd(line, KEY_FROM, length);
        int flagsTo = tokenEnd(line, keyTo + 1, length);
        number = dataset.numberOf(line, KEY_FROM, keyTo);
        flags = decimal(line, keyTo + 1, flagsTo);
        dataBytes = decimal(line, flagsTo + 1, length);
        return keyTo > KEY_FROM && flags >= 0 && dataBytes >= 0;
    }

    private static int tokenEnd(byte[] line, int from, int length) {
        int at = from;
        while (at < length && line[at] != ' ') {
            at++;
        }
        return at;
    }

    /** The number from {@code from} to {@code to}; -1 if there is none. */
    private static long decimal(byte[] line, int from, int to) {
        if (from >= to) {
            return -1;
        }
        long value = 0;
        for (int at = from; at < to; at++) {
            int digit = line[at] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
            if (value > MAX_NUMBER) {
                return -1;
            }
        }
        return value;
    }
}
