package io.mempair.proxy.reply;

import io.mempair.proxy.loop.ExpectedAnswers;

/**
 * Limits the outstanding replies of one client by their expected size. All clients of a loop share its server
 * connections, so a client that requests much at once delays the others, even if it never reads. The size of recent
 * replies predicts the next ones; for a new client it is what was large on this loop of late, until it has proved better. One-line replies are not counted, because they delay nobody. Confined to the client's
 * loop.
 */
final class AnswerWindow {

    /** Most bytes expected at once for one client. */
    static final long WINDOW_BYTES = 2 << 20;

    /** Bytes that one client may always expect, whatever the loop expects in total. */
    private static final long SMALL_BYTES = 256 * 1_024;

    private static final long LEAST_BYTES = 512;

    /** Number of replies in one sample for the prediction. */
    private static final int MANY = 16;

    /** Decay of the prediction after large replies, as a shift. */
    private static final int FORGETTING = 4;

    private final ExpectedAnswers all;

    /** Expected bytes of the next reply; 0 before the first request. */
    private long answerBytes;

    /** Whether the expectation comes from other clients: this one had no large reply yet. */
    private boolean guessed = true;

    private long outstanding;
    private long expectedBytes;
    private boolean awaitsTurn;
    private boolean hasTurn;

    /** @param all  receives the expected bytes */
    AnswerWindow(ExpectedAnswers all) {
        this.all = all;
    }

    /** Further replies that may be requested now. At least one if none is outstanding. */
    int room() {
        long room = mostBytes() / expectedEach() - outstanding;
        return outstanding == 0 ? (int) Math.max(1, room) : (int) Math.max(0, room);
    }

    /** Whether there is any room; called for each request. */
    boolean hasRoom() {
        return outstanding == 0 ? hasTurn || all.letAsk(expectedEach()) : expectedBytes + answerBytes <= mostBytes();
    }

    /** Whether there is no room although nothing is outstanding: other clients of the loop expect too much. */
    boolean mustWaitForOthers() {
        return outstanding == 0 && !hasRoom();
    }

    /** Runs {@code turn} once, when there is {@link #hasRoom} although other clients expect much. */
    void awaitTurn(Runnable turn) {
        if (!awaitsTurn) {
            awaitsTurn = true;
            all.await(() -> {
                awaitsTurn = false;
                hasTurn = true;
                turn.run();
            });
        }
    }

    private long mostBytes() {
        if (!all.areMany()) {
            return WINDOW_BYTES;
        }
        return answerBytes == 0 ? all.firstBytes() : SMALL_BYTES;
    }

    private long expectedEach() {
        return answerBytes == 0 ? all.firstBytes() : answerBytes;
    }

    void asked(int answers) {
        answerBytes = expectedEach();
        hasTurn = false;
        outstanding += answers;
        count();
    }

    /** Records replies that arrived or failed, with their total bytes. */
    void answered(int answers, long bytes) {
        outstanding -= answers;
        long each = answers == 1 ? bytes : bytes / answers;
        if (each >= answerBytes) {
            answerBytes = each;
            guessed &= !all.came(each);
        } else if (guessed && answers < MANY) {
            answerBytes = Math.max(LEAST_BYTES, Math.max(each, answerBytes / 2));
        } else if (answers >= MANY) {
            answerBytes = Math.max(LEAST_BYTES, Math.min(answerBytes, 2 * each));
        } else {
            answerBytes = Math.max(LEAST_BYTES, answerBytes - ((answerBytes - each) >> FORGETTING));
        }
        count();
    }

    /** The client is gone: no reply is expected any more. */
    void close() {
        outstanding = 0;
        count();
    }

    private void count() {
        long now = outstanding * answerBytes;
        all.add(now - expectedBytes);
        expectedBytes = now;
    }
}
