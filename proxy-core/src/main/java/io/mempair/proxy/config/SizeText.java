package io.mempair.proxy.config;

/** Numbers of bytes as an operator writes them, {@code 64k} and {@code 1g}, for messages. Pure. */
public final class SizeText {

    private static final String[] UNITS = {"", "k", "m", "g"};

    private SizeText() {}

    /** In the largest unit of the file that leaves no rest: 1024, 1024² and 1024³ bytes are {@code 1k}, {@code 1m} and {@code 1g}. */
    public static String of(long bytes) {
        long number = bytes;
        int unit = 0;
        while (number != 0 && number % 1024 == 0 && unit < UNITS.length - 1) {
            number /= 1024;
            unit++;
        }
        return number + UNITS[unit];
    }
}
