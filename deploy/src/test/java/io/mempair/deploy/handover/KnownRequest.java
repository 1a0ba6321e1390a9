package io.mempair.deploy.handover;

/**
 * A request, and the bytes that must be its answer: nobody else has its keys.
 *
 * @param bytes    of the request
 * @param answer   all of it
 * @param casAt    where in the answer the server's own number is, {@value #CAS_BYTES} bytes that nobody knows; negative: nowhere
 * @param counts   whether it is an {@code incr}
 */
record KnownRequest(byte[] bytes, byte[] answer, int casAt, boolean counts) {

    static final int CAS_BYTES = 8;

    /** Whether a byte of the answer is the right one. */
    boolean isRight(int at, byte got) {
        return answer[at] == got || (casAt >= 0 && at >= casAt && at < casAt + CAS_BYTES);
    }
}
