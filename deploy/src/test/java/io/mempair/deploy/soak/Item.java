package io.mempair.deploy.soak;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the server must hold under one key, once every request written so far has been carried out. The array of a value
 * is never changed, only replaced. Used by one connection's threads in turn.
 */
final class Item {

    final String key;

    /** Whether its value is a number; memcached may leave spaces behind one that got shorter. */
    final boolean number;

    private byte @Nullable [] value;
    private int flags;
    private long version;
    private long cas;
    private long casVersion = -1;

    Item(String key, boolean number) {
        this.key = key;
        this.number = number;
    }

    byte @Nullable [] value() {
        return value;
    }

    int flags() {
        return flags;
    }

    /** Rises with every change. */
    long version() {
        return version;
    }

    void store(byte[] value, int flags) {
        this.value = value;
        this.flags = flags;
        version++;
    }

    void delete() {
        value = null;
        version++;
    }

    long numberValue() {
        return value == null ? 0 : Long.parseLong(new String(value, StandardCharsets.US_ASCII));
    }

    /** A {@code gets} has told the cas id this version has. */
    void learnCas(long cas, long version) {
        this.cas = cas;
        casVersion = version;
    }

    boolean knowsCas() {
        return casVersion >= 0;
    }

    long cas() {
        return cas;
    }

    /** Whether the known cas id is still the item's. */
    boolean casHolds() {
        return casVersion == version;
    }
}
