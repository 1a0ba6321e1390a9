package io.mempair.deploy.abuse;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A way to misbehave. Each abuser does it on a connection of its own, again and again until it is thrown out. */
enum AbuseKind {
    /** Asks for values of a megabyte, many in a line, and reads nothing. */
    UNREAD_VALUES(false, false) {
        @Override
        void again(OutputStream out) throws IOException {
            out.write(MANY_VALUES);
        }
    },
    /** The same over TLS. */
    UNREAD_TLS(true, false) {
        @Override
        void again(OutputStream out) throws IOException {
            out.write(MANY_VALUES);
        }
    },
    /** Half a value, and no more of it. */
    STALLED_UPLOADS(false, false) {
        @Override
        void begin(OutputStream out) throws IOException {
            out.write(ascii("set " + KEY + "-stalled 0 0 " + VALUE_BYTES + "\r\n"));
            out.write(value(VALUE_BYTES / 2));
        }
    },
    /** Thousands of requests at a time; every send ends in the middle of one. */
    HALF_PIPELINES(false, true) {
        @Override
        void begin(OutputStream out) throws IOException {
            out.write(ascii("m"));
            again(out);
        }

        @Override
        void again(OutputStream out) throws IOException {
            out.write(NO_OPS);
        }
    },
    /** Thousands of small values at a time. */
    SMALL_SETS(false, true) {
        @Override
        void again(OutputStream out) throws IOException {
            out.write(SETS);
        }
    },
    /** Asks for statistics and reads nothing. */
    UNREAD_STATS(false, false) {
        @Override
        void again(OutputStream out) throws IOException {
            out.write(STATS);
        }
    },
    /** Comes, asks once and goes. */
    CONNECTION_STORM(false, false) {
        @Override
        void begin(OutputStream out) throws IOException {
            out.write(ascii("get " + KEY + "\r\n"));
        }
    },
    /** Comes with a handshake, asks once and goes. */
    HANDSHAKE_STORM(true, false) {
        @Override
        void begin(OutputStream out) throws IOException {
            out.write(ascii("get none\r\n"));
        }
    },
    /** Asks for much, ends its half of the connection and reads nothing. */
    HALF_CLOSED(false, false) {
        @Override
        void begin(OutputStream out) throws IOException {
            out.write(MANY_VALUES);
        }
    };

    static final String KEY = "abused";
    static final int VALUE_BYTES = 1_000_000;

    private static final byte[] MANY_VALUES = ascii("get" + (" " + KEY).repeat(100) + "\r\n");
    private static final byte[] NO_OPS = ascii("n\r\n" + "mn\r\n".repeat(20_000) + "m");
    private static final byte[] SETS =
            ascii(("set " + KEY + "-small 0 0 20\r\n" + "v".repeat(20) + "\r\n").repeat(2_000));
    private static final byte[] STATS = ascii("stats\r\n".repeat(400));

    private final boolean secured;
    private final boolean reading;

    AbuseKind(boolean secured, boolean reading) {
        this.secured = secured;
        this.reading = reading;
    }

    /** Whether it comes over TLS. */
    boolean secured() {
        return secured;
    }

    /** Whether its answers are read, and thrown away. */
    boolean reading() {
        return reading;
    }

    /** Whether it leaves right after it began, and comes again. */
    boolean leaves() {
        return this == CONNECTION_STORM || this == HANDSHAKE_STORM;
    }

    /** Done once on a new connection. */
    void begin(OutputStream out) throws IOException {
        again(out);
    }

    /** Done again while the connection lasts. */
    void again(OutputStream out) throws IOException {}

    /** As the command line names it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static AbuseKind of(String label) {
        return List.of(values()).stream()
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such abuse: " + label + " (expected: one of "
                        + List.of(values()).stream().map(AbuseKind::label).toList() + ')'));
    }

    static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        Arrays.fill(value, (byte) 'v');
        return value;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
