package io.mempair.proxy.warmup;

/** Makes the JVM load and compile the request path before the first client connects. Any thread; never blocks. */
public interface Warmup {

    /** For a node without warmup. */
    Warmup NONE = new Warmup() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
    };

    /**
     * Begins in the background; it ends by itself. Does nothing when it is under way, or was once played to its end, or
     * failed.
     */
    void begin();

    /** Ends it as soon as what is being asked is answered; {@link #begin} may be called again. Does nothing when it is over. */
    void end();
}
