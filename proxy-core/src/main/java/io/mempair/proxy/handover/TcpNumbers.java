package io.mempair.proxy.handover;

/**
 * The numbers of an established TCP connection, as the kernel gives them to a socket in repair mode.
 *
 * @param options    what the handshake agreed, as {@code tcpi_options}: {@link #TIMESTAMPS}, {@link #SACK}, {@link #SCALE}
 * @param scales     window scales, as in {@code tcp_info}: the client's in the low four bits, ours in the high four
 * @param mss        the largest segment agreed ({@code TCP_MAXSEG} in repair mode)
 * @param received   the next number expected from the client
 * @param sent       the first number that the client has not acknowledged
 * @param timestamp  the clock of our timestamps, in milliseconds; 0 without {@link #TIMESTAMPS}
 * @param window     {@code struct tcp_repair_window}, {@value #WINDOW_BYTES} bytes in the byte order of the hosts
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody but tests
public record TcpNumbers(int options, int scales, int mss, int received, int sent, int timestamp, byte[] window) {

    /** Bits of {@code tcpi_options}, linux/tcp.h. */
    public static final int TIMESTAMPS = 1;

    /** Selective acknowledgements. */
    public static final int SACK = 2;

    /** Window scales. */
    public static final int SCALE = 4;

    /** Explicit congestion notification, which a repaired socket cannot take up again. */
    public static final int ECN = 8;

    /** Bytes of {@code struct tcp_repair_window}. */
    public static final int WINDOW_BYTES = 20;

    public TcpNumbers {
        if (window.length != WINDOW_BYTES) {
            throw new IllegalArgumentException(
                    "window of " + window.length + " bytes (expected: " + WINDOW_BYTES + ")");
        }
    }

    boolean has(int option) {
        return (options & option) != 0;
    }
}
