package io.mempair.deploy.soak;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and the answer it must get.
 *
 * @param kind     what it asks for
 * @param quiet    whether only the unusual is answered: noreply, q, quiet opcodes
 * @param opaque   number of this request on its connection
 * @param items    the keys, with what they must hold; one but for a multi-get
 * @param payload  the value it carries, empty for those that carry none
 * @param flags    client flags it stores
 * @param number   the cas id or the delta it carries
 * @param outcome  how it must end; of reads, whether the (only) key is there
 * @param result   the number an incr or decr must answer
 */
record SoakRequest(
        Kind kind,
        boolean quiet,
        int opaque,
        List<Expected> items,
        Payload payload,
        int flags,
        long number,
        Outcome outcome,
        long result) {

    /** How long an item a request touches may live, in seconds: longer than any soak. */
    static final int EXPTIME = 1_000_000;

    String key() {
        return items.get(0).item().key;
    }

    /** Bytes of the values that must come back. */
    long answerBytes() {
        return kind.reads() ? items.stream().mapToLong(Expected::length).sum() : 0;
    }

    @Override
    public String toString() {
        return kind + (quiet ? " (quiet) " : " ") + key() + (items.size() > 1 ? " and " + (items.size() - 1) : "");
    }

    /** Bytes of a value; nobody changes them. */
    static final class Payload {

        static final Payload NONE = new Payload(new byte[0]);

        final byte[] bytes;

        Payload(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * What a key must hold when its request is carried out.
     *
     * @param item     the key
     * @param payload  its value, null when there must be none
     * @param flags    its client flags
     * @param version  which version of the item that is
     */
    record Expected(Item item, @Nullable Payload payload, int flags, long version) {

        static Expected of(Item item) {
            byte[] value = item.value();
            return new Expected(item, value == null ? null : new Payload(value), item.flags(), item.version());
        }

        long length() {
            return payload == null ? 0 : payload.bytes.length;
        }
    }
}
