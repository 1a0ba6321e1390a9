package io.mempair.proxy.testkit;

/** For those who are told what a task threw, in a test where none should. */
public final class Thrown {

    private Thrown() {}

    /** Throws it on, so that the test hears of it. */
    public static void on(Throwable defect) {
        throw new AssertionError("a task threw", defect);
    }
}
