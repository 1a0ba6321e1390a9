package io.mempair.ha.thread;

/**
 * Tells a host that has no thread more to give, for a while, from a process without memory: the JVM throws the same error
 * for both, and only the second must end the process. For where a thread is wanted that can be wanted again later. Log the
 * words alone: the error itself in the log ends the process.
 */
public final class NoThread {

    private NoThread() {}

    /** Whether the kernel refused a thread. */
    public static boolean is(OutOfMemoryError error) {
        String message = error.getMessage();
        return message != null && message.contains("native thread");
    }
}
