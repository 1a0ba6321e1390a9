package io.mempair.ha.thread;

/**
 * A daemon thread that others depend on: what it throws must end the process, because nobody would do its work from then
 * on and nobody would notice. Whoever runs the process sees to that, in its handler of uncaught exceptions. For a thread
 * that lives as long as the node; what one request or one peer can make a thread throw is to be caught where it runs.
 */
public final class VitalThread extends Thread {

    /** Not started yet. */
    public VitalThread(Runnable body, String name) {
        super(body, name);
        setDaemon(true);
    }
}
