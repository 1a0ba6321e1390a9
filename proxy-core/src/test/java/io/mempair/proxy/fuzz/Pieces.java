package io.mempair.proxy.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a stream arrives: in reads of these lengths, again and again. */
record Pieces(int first, int second) {

    /** All of it in one read. */
    static final Pieces WHOLE = new Pieces(0, 0);

    /** The stream in its pieces; zero for both lengths is one piece. */
    List<byte[]> of(byte[] stream) {
        List<byte[]> pieces = new ArrayList<>();
        boolean firstLength = true;
        int from = 0;
        while (from < stream.length) {
            int length = firstLength ? first : second;
            int to = length <= 0 ? stream.length : Math.min(stream.length, from + length);
            pieces.add(Arrays.copyOfRange(stream, from, to));
            from = to;
            firstLength = !firstLength;
        }
        return pieces;
    }
}
