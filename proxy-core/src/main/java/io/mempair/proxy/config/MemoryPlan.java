package io.mempair.proxy.config;

import io.netty.util.internal.PlatformDependent;

/**
 * How memory is divided: outside the heap, a reserve for what the proxy needs regardless of its clients, and the rest for
 * what clients can make it hold; of the heap, a share for their requests, and one for what is kept of servers that were
 * away: the journals of keys they missed, and the keys that are being copied to them.
 *
 * @param directBytes  what the JVM may allocate outside the heap: {@code -XX:MaxDirectMemorySize}
 * @param heapBytes    the heap: {@code -Xmx}
 */
public record MemoryPlan(long directBytes, long heapBytes) {

    /** The share of client requests in the heap is one in this number: connections, journals and garbage need the rest. */
    private static final int HEAP_PARTS = 4;

    /** Of the heap, so many eighths are for journals and copies of all servers: they live for long. */
    private static final int SERVER_EIGHTHS = 3;

    /** Most bytes for the keys of a bulk copy between their dump and their copy: about 250,000 keys of 30 bytes. */
    private static final int MAX_SPOOL_BYTES = 8 << 20;

    /** Fewer bytes would take too many walks through the keys of a server. */
    private static final int MIN_SPOOL_BYTES = 128 << 10;

    /** {@code Runtime.maxMemory} leaves a survivor space out: at most so many parts of twenty. */
    private static final int SURVIVOR_TWENTIETHS = 1;

    /** Bytes for what exists once: what the allocator keeps for reuse, the admin face. */
    private static final long RESERVE_BYTES = 32L << 20;

    /** Bytes per event loop: its read buffers and its pools of small buffers. */
    private static final long RESERVE_LOOP_BYTES = 6L << 20;

    /**
     * Bytes for the buffers that idle clients of all loops wait for input with: io_uring takes one for each of them as
     * soon as it begins to wait.
     */
    private static final long RECEIVE_BYTES = 20L << 20;

    /** Quarters of the remaining memory that clients get: buffers are allocated in chunks, which are never quite full. */
    private static final int CLIENT_QUARTERS = 3;

    /** Least number of bytes a loop needs for arriving values: memcached's usual longest value. */
    private static final long MIN_BUFFERED_BYTES = 1L << 20;

    /** The plan of this process. */
    public static MemoryPlan ofThisProcess() {
        return new MemoryPlan(
                PlatformDependent.maxDirectMemory(), Runtime.getRuntime().maxMemory());
    }

    /** How many bytes the proxy may hold for all clients together. */
    public long clientBytes(int loops) {
        return Math.max(0, (directBytes - reserveBytes(loops)) / 4 * CLIENT_QUARTERS);
    }

    private static long reserveBytes(int loops) {
        return RESERVE_BYTES + RECEIVE_BYTES + loops * RESERVE_LOOP_BYTES;
    }

    /** Bytes that each of this many clients may use while it waits for input, so that all stay within the reserve. */
    public static int receiveBytesOfClient(int clients) {
        return (int) (RECEIVE_BYTES / Math.max(1, clients));
    }

    /**
     * How much the allocator may take from the system before clients are closed for that alone. The rest covers what the loops
     * take before closing them helps: what is being sent to a client stays with the kernel for some turns, and servers go on
     * sending what they were asked for.
     */
    public long maxAllocatedBytes() {
        return directBytes - directBytes / 4;
    }

    /** How much of the heap the requests of one loop's clients may take. */
    public long heapBytesOfLoop(int loops) {
        return heapBytes / HEAP_PARTS / loops;
    }

    /** How much of the heap may be kept of one of so many servers of a pool with two copies. */
    private long heapBytesOfServer(int servers) {
        return heapBytes / 8 * SERVER_EIGHTHS / Math.max(1, servers);
    }

    /**
     * The default of {@code journal-bytes}.
     *
     * @param servers  of both tiers; 0 if there is but one copy, where nothing is journaled
     */
    public int defaultJournalBytes(int servers) {
        long kilobytes = Math.min(CopyPolicy.DEFAULT.journalBytes(), heapBytesOfServer(servers)) >> 10;
        return (int) Math.max(1, kilobytes) << 10;
    }

    /**
     * Memory for the keys of a bulk copy to one of so many servers. As much again may be taken by those that could not be
     * copied; a server that is copied to has an empty journal.
     */
    public int spoolBytes(int servers) {
        return (int) Math.max(MIN_SPOOL_BYTES, Math.min(MAX_SPOOL_BYTES, heapBytesOfServer(servers) / 2));
    }

    /**
     * The policy, if all journals at once fit.
     *
     * @param servers  of both tiers; 0 if there is but one copy
     * @throws IllegalArgumentException with the numbers and the remedy, if the memory is too little for it
     */
    public CopyPolicy require(CopyPolicy policy, int servers) {
        long ofServer = policy.refillKeysPerSecond() > 0
                ? Math.max(policy.journalBytes(), 2 * MIN_SPOOL_BYTES)
                : policy.journalBytes();
        if (servers > 0 && ofServer > heapBytesOfServer(servers)) {
            long needed = ofServer * servers / SERVER_EIGHTHS * 8 / (20 - SURVIVOR_TWENTIETHS) * 20;
            throw new IllegalArgumentException("journal-bytes: " + servers + " servers x " + kilobytes(ofServer)
                    + " do not fit (expected: at most " + heapBytesOfServer(servers) / (1 << 10) + "k for each, because"
                    + " three eighths of the heap, of " + heapBytes / (1 << 20) + "m, are for all; lower it"
                    + (policy.refillKeysPerSecond() > 0 ? ", set refill-rate to 0" : "") + ", or set"
                    + " MEMPAIR_JAVA_OPTS=-Xmx" + megabytes(needed + (1 << 20)) + ')');
        }
        return policy;
    }

    private static String kilobytes(long bytes) {
        return bytes % (1 << 20) == 0 ? megabytes(bytes) : (bytes + 1023) / 1024 + "k";
    }

    /** The default of {@code max-unread}. */
    public long defaultUnreadBytes(int loops) {
        return Math.max(1 << 16, Math.min(ClientLimits.DEFAULT.maxUnreadBytes(), clientBytes(loops) / 2));
    }

    /** The default of {@code max-buffered}, given that {@code max-unread}. */
    public long defaultBufferedBytes(int loops, long unreadBytes) {
        long left = (clientBytes(loops) - unreadBytes) / loops;
        return Math.max(MIN_BUFFERED_BYTES, Math.min(ClientLimits.DEFAULT.maxBufferedBytes(), left));
    }

    /**
     * The limits, if they can be kept.
     *
     * @throws IllegalArgumentException with the numbers and the remedy, if the memory is too little for them
     */
    public ClientLimits require(ClientLimits limits, int loops) {
        long wanted = saturated(limits.maxUnreadBytes(), limits.maxBufferedBytes(), loops);
        if (wanted > clientBytes(loops)) {
            long needed = wanted > Long.MAX_VALUE / 8 ? wanted : wanted / CLIENT_QUARTERS * 4 + reserveBytes(loops);
            throw new IllegalArgumentException("max-unread, max-buffered: " + megabytes(limits.maxUnreadBytes()) + " + "
                    + loops + " loops x " + megabytes(limits.maxBufferedBytes()) + " do not fit (expected: at most "
                    + clientBytes(loops) / (1 << 20) + "m, which is what -XX:MaxDirectMemorySize="
                    + megabytes(directBytes) + " leaves for clients; lower them or max-value, or set MEMPAIR_JAVA_OPTS="
                    + "-XX:MaxDirectMemorySize=" + megabytes(needed) + ')');
        }
        return limits;
    }

    private static long saturated(long unreadBytes, long bufferedBytes, int loops) {
        long buffered = bufferedBytes > Long.MAX_VALUE / loops ? Long.MAX_VALUE : bufferedBytes * loops;
        return buffered > Long.MAX_VALUE - unreadBytes ? Long.MAX_VALUE : buffered + unreadBytes;
    }

    /** Rounded up, in the form that JVM options take. */
    private static String megabytes(long bytes) {
        return (bytes >> 20) + ((bytes & ((1 << 20) - 1)) == 0 ? 0L : 1L) + "m";
    }
}
