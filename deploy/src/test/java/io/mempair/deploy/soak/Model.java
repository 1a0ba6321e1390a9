package io.mempair.deploy.soak;

import io.mempair.deploy.soak.SoakRequest.Expected;
import io.mempair.deploy.soak.SoakRequest.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Draws requests on the keys of one connection and knows what each must answer, since nobody else uses these keys and
 * a server carries them out in the order they are sent.
 */
final class Model {

    private static final int KEYS = 24;
    private static final int NUMBERS = 6;
    private static final int MAX_KEY_BYTES = 250;
    private static final int MAX_VALUE_BYTES = 1_000_000;
    private static final int MAX_APPENDED_BYTES = 10_000;
    private static final int MAX_KEYS_ASKED = 16;
    private static final int NOISE_BYTES = 1 << 21;

    /** One request in so many is quiet. */
    private static final int QUIET_ONE_IN = 5;

    private static final int WEIGHTS =
            Arrays.stream(Kind.values()).mapToInt(Kind::weight).sum();
    private static final byte[] NOISE = noise();

    private final Random random;
    private final List<Item> items = new ArrayList<>();
    private int count;

    Model(String name, Random random) {
        this.random = random;
        for (int i = 0; i < KEYS; i++) {
            String key = name + '-' + i + '-';
            int more = i % 4 == 0 ? random.nextInt(MAX_KEY_BYTES - key.length() + 1) : 0;
            items.add(new Item(key + "x".repeat(more), i < NUMBERS));
        }
    }

    private static byte[] noise() {
        var bytes = new byte[NOISE_BYTES];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /** The next request. The server is taken to carry it out. */
    SoakRequest next() {
        Kind kind = kind();
        Item item = item(kind);
        if (kind == Kind.CAS && !item.knowsCas()) {
            kind = Kind.GETS;
        }
        boolean quiet = kind != Kind.MULTI_GET && kind != Kind.GETS && random.nextInt(QUIET_ONE_IN) == 0;
        count++;
        if (kind.stores()) {
            return store(kind, item, quiet);
        }
        return switch (kind) {
            case MULTI_GET -> {
                var asked = Stream.generate(() -> any(items))
                        .limit(2 + random.nextInt(MAX_KEYS_ASKED - 1))
                        .map(Expected::of)
                        .toList();
                yield new SoakRequest(kind, false, count, asked, Payload.NONE, 0, 0, Outcome.OK, 0);
            }
            case INCR, DECR -> count(kind, item, quiet);
            case DELETE -> {
                SoakRequest request = plain(kind, item, quiet);
                if (request.outcome() == Outcome.OK) {
                    item.delete();
                }
                yield request;
            }
            default -> plain(kind, item, quiet);
        };
    }

    private Kind kind() {
        int drawn = random.nextInt(WEIGHTS);
        for (Kind kind : Kind.values()) {
            drawn -= kind.weight();
            if (drawn < 0) {
                return kind;
            }
        }
        throw new AssertionError("weights");
    }

    private Item item(Kind kind) {
        return switch (kind) {
            case INCR, DECR -> any(items.subList(0, NUMBERS));
            case APPEND, PREPEND -> any(items.subList(NUMBERS, KEYS));
            default -> any(items);
        };
    }

    private Item any(List<Item> from) {
        return from.get(random.nextInt(from.size()));
    }

    private SoakRequest plain(Kind kind, Item item, boolean quiet) {
        Outcome outcome = item.value() == null ? Outcome.NOT_FOUND : Outcome.OK;
        return new SoakRequest(kind, quiet, count, List.of(Expected.of(item)), Payload.NONE, 0, 0, outcome, 0);
    }

    private SoakRequest count(Kind kind, Item item, boolean quiet) {
        long delta = random.nextInt(1_000_000);
        long old = item.numberValue();
        long result = kind == Kind.INCR ? old + delta : Math.max(0, old - delta);
        Outcome outcome = item.value() == null ? Outcome.NOT_FOUND : Outcome.OK;
        var expected = List.of(Expected.of(item));
        if (outcome == Outcome.OK) {
            item.store(decimal(result), item.flags());
        }
        return new SoakRequest(kind, quiet, count, expected, Payload.NONE, 0, delta, outcome, result);
    }

    private SoakRequest store(Kind kind, Item item, boolean quiet) {
        byte[] old = item.value();
        Outcome outcome = outcome(kind, item);
        byte[] bytes = payload(kind, item);
        int flags = random.nextInt(1 << 16);
        var expected = List.of(Expected.of(item));
        if (outcome == Outcome.OK) {
            switch (kind) {
                case APPEND -> item.store(joined(old, bytes), item.flags());
                case PREPEND -> item.store(joined(bytes, old), item.flags());
                default -> item.store(bytes, flags);
            }
        }
        return new SoakRequest(kind, quiet, count, expected, new Payload(bytes), flags, item.cas(), outcome, 0);
    }

    private static Outcome outcome(Kind kind, Item item) {
        boolean there = item.value() != null;
        return switch (kind) {
            case ADD -> there ? Outcome.NOT_STORED : Outcome.OK;
            case REPLACE, APPEND, PREPEND -> there ? Outcome.OK : Outcome.NOT_STORED;
            case CAS -> !there ? Outcome.NOT_FOUND : item.casHolds() ? Outcome.OK : Outcome.EXISTS;
            default -> Outcome.OK;
        };
    }

    private byte[] payload(Kind kind, Item item) {
        if (item.number) {
            return decimal(random.nextInt(1_000_000));
        }
        if (kind == Kind.APPEND || kind == Kind.PREPEND) {
            byte[] old = item.value();
            return bytes(Math.min(MAX_APPENDED_BYTES, MAX_VALUE_BYTES - (old == null ? 0 : old.length)));
        }
        return bytes(MAX_VALUE_BYTES);
    }

    /** Bytes of any content, 1 to so many, each order of magnitude as likely as the others. */
    private byte[] bytes(int max) {
        int length = max <= 0 ? 0 : (int) Math.round(Math.exp(random.nextDouble() * Math.log(max)));
        int from = random.nextInt(NOISE.length - length);
        return Arrays.copyOfRange(NOISE, from, from + length);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static byte[] decimal(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
