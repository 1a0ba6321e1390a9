package io.mempair.ha.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Says requests in memcached's classic text. Pure; one for all connections of a thread. */
final class RequestWriter {

    /** A day: what a run leaves behind goes by itself, and no run is longer. */
    private static final String EXPTIME = "86400";

    private static final byte[] SET = ascii("set ");
    private static final byte[] GET = ascii("get");
    private static final byte[] LINE_END = ascii("\r\n");

    private final Dataset dataset;
    private final int keysPerGet;
    private final byte[][] afterKey = new byte[256][];

    RequestWriter(Dataset dataset, int keysPerGet) {
        this.dataset = dataset;
        this.keysPerGet = keysPerGet;
        for (int flags = 0; flags < afterKey.length; flags++) {
            afterKey[flags] = ascii(" " + flags + ' ' + EXPTIME + ' ' + dataset.valueBytes() + "\r\n");
        }
    }

    void write(Request request, ByteBuf out) {
        if (request.set) {
            out.writeBytes(SET);
            dataset.writeKey(out, request.key);
            out.writeBytes(afterKey[Dataset.flags(request.key)]);
            dataset.writeValue(out, request.key);
        } else {
            out.writeBytes(GET);
            for (int i = 0; i < keysPerGet; i++) {
                out.writeByte(' ');
                dataset.writeKey(out, (request.key + i) % dataset.keys());
            }
        }
        out.writeBytes(LINE_END);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
