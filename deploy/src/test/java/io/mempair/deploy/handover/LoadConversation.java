package io.mempair.deploy.handover;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What one client says, at keys of its own: a counter, and values of some sizes that it stores and reads again. So it knows
 * each answer when it asks, if its requests are executed in order, each once. One thread.
 */
final class LoadConversation {

    private static final int SMALL_BYTES = 100;
    private static final int MEDIUM_BYTES = 10_000;
    static final int LARGE_BYTES = 100_000;

    private static final int COUNT_PERCENT = 25;
    private static final int STORE_PERCENT = 15;

    /** Of the reads and stores of values. */
    private static final int NOT_SMALL_PERCENT = 5;

    private final String name;
    private final LoadDialect dialect;
    private final int[] sizes;
    private final long[] versions;
    private long count;
    private long answeredCount;

    private LoadConversation(String name, LoadDialect dialect, int... sizes) {
        this.name = name;
        this.dialect = dialect;
        this.sizes = sizes;
        this.versions = new long[sizes.length];
    }

    /** Of a client that stays. */
    static LoadConversation of(int client, boolean large) {
        LoadDialect dialect = LoadDialect.values()[client % LoadDialect.values().length];
        return large
                ? new LoadConversation("c" + client, dialect, SMALL_BYTES, MEDIUM_BYTES, LARGE_BYTES)
                : new LoadConversation("c" + client, dialect, SMALL_BYTES, MEDIUM_BYTES);
    }

    /** Of a client that has connected again: its keys are new ones, as nobody knows the fate of what it asked last. */
    LoadConversation anew(long connection) {
        String client = name.substring(0, (name + '.').indexOf('.'));
        return new LoadConversation(client + '.' + connection, dialect, sizes);
    }

    /** Of one that comes, asks and goes. */
    static LoadConversation ofVisitor(long number) {
        LoadDialect dialect = LoadDialect.values()[(int) (number % LoadDialect.values().length)];
        return new LoadConversation("v" + number, dialect, SMALL_BYTES);
    }

    String name() {
        return name;
    }

    /** Makes its keys. */
    List<KnownRequest> beginning() {
        List<KnownRequest> requests = new ArrayList<>();
        requests.add(dialect.store(counter(), "0".getBytes(StandardCharsets.US_ASCII)));
        for (int i = 0; i < sizes.length; i++) {
            requests.add(store(i));
        }
        return requests;
    }

    KnownRequest next(SplittableRandom random) {
        int percent = random.nextInt(100);
        if (percent < COUNT_PERCENT) {
            return count();
        }
        boolean small = random.nextInt(100) >= NOT_SMALL_PERCENT;
        int which = small ? 0 : random.nextInt(sizes.length);
        return percent < COUNT_PERCENT + STORE_PERCENT ? store(which) : read(which);
    }

    /** A request to count was answered. */
    void counted() {
        answeredCount++;
    }

    /** How often its counter may have been raised. */
    LoadCounter counted(String why) {
        return new LoadCounter(counter(), why, answeredCount, count);
    }

    KnownRequest count() {
        count++;
        return dialect.count(counter(), count);
    }

    /** Reads the largest value that it has. */
    KnownRequest readLargest() {
        return read(sizes.length - 1);
    }

    private KnownRequest store(int which) {
        versions[which]++;
        return dialect.store(key(which), value(which));
    }

    private KnownRequest read(int which) {
        return dialect.read(key(which), value(which));
    }

    private String counter() {
        return name + "-n";
    }

    private String key(int which) {
        return name + '-' + which;
    }

    /** Tells its key and version, and no byte of it is that of the version before. */
    private byte[] value(int which) {
        byte[] bytes = new byte[sizes[which]];
        Arrays.fill(bytes, (byte) ('a' + versions[which] % 26));
        byte[] head = (key(which) + ':' + versions[which] + ':').getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return bytes;
    }
}
