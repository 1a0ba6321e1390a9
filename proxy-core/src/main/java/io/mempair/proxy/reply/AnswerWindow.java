package io.mempair.proxy.reply;

import io.mempair.proxy.loop.LoopMemory;

/**
 * How many answers one client may wait for at once, by what its answers are long. All clients of a loop share its connections to the
 * servers, so whoever asks for much at once makes the others wait behind it, even if it never reads. Nobody knows how long an
 * answer will be; the last ones tell. Answers of a line are not counted: they make nobody wait. Confined to the client's loop.
 */
final class AnswerWindow {

    /** Bytes that may be expected at once for one client. */
    static final long WINDOW_BYTES = 8 << 20;

    /** Bytes that may be expected for one client however much the loop expects. */
    private static final long SMALL_BYTES = 256 * 1_024;

    /** Bytes an answer is taken for while nobody knows: so many that a usual multi-get is asked for at once. */
    private static final long FIRST_BYTES = 256 * 1_024;

    private static final long LEAST_BYTES = 512;

    /** So many answers together tell what the next ones will be. */
    private static final int MANY = 16;

    /** How fast large answers are forgotten, as a shift. */
    private static final int FORGETTING = 4;

    private final LoopMemory loop;
    private long answerBytes = FIRST_BYTES;
    private long outstanding;
    private long expectedBytes;

    /** @param loop  told what is expected */
    AnswerWindow(LoopMemory loop) {
        this.loop = loop;
    }

    /** Answers that may be asked for now, beside those that are outstanding. At least one if there is none. */
    int room() {
        long room = mostBytes() / answerBytes - outstanding;
        return outstanding == 0 ? (int) Math.max(1, room) : (int) Math.max(0, room);
    }

    /** Whether there is any room; asked for each request. */
    boolean hasRoom() {
        return outstanding == 0 || expectedBytes + answerBytes <= mostBytes();
    }

    private long mostBytes() {
        return loop.expectsMuch() ? SMALL_BYTES : WINDOW_BYTES;
    }

    void asked(int answers) {
        outstanding += answers;
        count();
    }

    /** So many answers came, or will not come, of so many bytes together. */
    void answered(int answers, long bytes) {
        outstanding -= answers;
        long each = answers == 1 ? bytes : bytes / answers;
        if (each >= answerBytes) {
            answerBytes = each;
        } else if (answers >= MANY) {
            answerBytes = Math.max(LEAST_BYTES, Math.min(answerBytes, 2 * each));
        } else {
            answerBytes = Math.max(LEAST_BYTES, answerBytes - ((answerBytes - each) >> FORGETTING));
        }
        count();
    }

    /** Nothing is expected any more. */
    void close() {
        outstanding = 0;
        count();
    }

    private void count() {
        long now = outstanding * answerBytes;
        loop.expect(now - expectedBytes);
        expectedBytes = now;
    }
}
