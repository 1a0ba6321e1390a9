package io.mempair.deploy.soak;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The bytes of some requests, in order; large values are kept, not copied. Filled by one thread, then sent by one. */
final class Output {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int COPIED_BYTES = 1024;

    private final List<byte[]> pieces = new ArrayList<>();
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private long length;

    Output text(String text) {
        return bytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Output bytes(byte[] bytes) {
        length += bytes.length;
        if (bytes.length <= COPIED_BYTES) {
            open.writeBytes(bytes);
        } else {
            cut();
            pieces.add(bytes);
        }
        return this;
    }

    /** How many bytes there are. */
    long length() {
        return length;
    }

    void sendTo(OutputStream socket) throws IOException {
        cut();
        var buffered = new BufferedOutputStream(socket, BUFFER_BYTES);
        for (byte[] piece : pieces) {
            buffered.write(piece);
        }
        buffered.flush();
    }

    private void cut() {
        if (open.size() > 0) {
            pieces.add(open.toByteArray());
            open.reset();
        }
    }
}
