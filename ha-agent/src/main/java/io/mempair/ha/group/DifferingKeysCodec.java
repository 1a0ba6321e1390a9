package io.mempair.ha.group;

import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes and decodes the keys whose copies differ, the end of a server state message: {@code keys(2) key*}, with {@code key:
 * server(2) length(1) bytes(length)}. Bounded, because each heartbeat repeats them: the keys that have no room are left out,
 * and their copies may differ until the next write. Stateless; any thread.
 */
final class DifferingKeysCodec {

    /** Most bytes of all keys of a message. */
    static final int MAX_BYTES = 8 << 10;

    private static final int MAX_KEY_BYTES = 255;
    private static final int BYTES_BESIDES_KEY = 2 + 1;

    private DifferingKeysCodec() {}

    /** Appends as many keys as there is room for. */
    static void put(ByteBuffer out, List<Known> servers) {
        if (out.remaining() < Short.BYTES) {
            return;
        }
        int countAt = out.position();
        int end = Math.min(out.limit(), countAt + MAX_BYTES);
        int count = 0;
        out.putShort((short) 0);
        for (int server = 0; server < servers.size(); server++) {
            for (Key key : servers.get(server).differing()) {
                byte[] bytes = key.bytes();
                if (bytes.length <= MAX_KEY_BYTES && out.position() + BYTES_BESIDES_KEY + bytes.length <= end) {
                    out.putShort((short) server).put((byte) bytes.length).put(bytes);
                    count++;
                }
            }
        }
        out.putShort(countAt, (short) count);
    }

    /** Reads the keys into their servers; returns false if the bytes are invalid. */
    static boolean addTo(List<Known> servers, ByteBuffer in) {
        List<List<Key>> keys = new ArrayList<>();
        servers.forEach(server -> keys.add(new ArrayList<>()));
        int count = in.getShort() & 0xFFFF;
        for (int i = 0; i < count; i++) {
            int server = in.getShort() & 0xFFFF;
            byte[] bytes = new byte[in.get() & 0xFF];
            in.get(bytes);
            if (server >= servers.size() || bytes.length == 0) {
                return false;
            }
            keys.get(server).add(Key.of(bytes, 0, bytes.length));
        }
        for (int i = 0; i < servers.size(); i++) {
            servers.set(i, servers.get(i).withDiffering(keys.get(i)));
        }
        return true;
    }
}
