package io.mempair.deploy.faults;

/** For how long both hosts may have the address on their interface. */
enum Held {
    /** Not in one of all rounds. */
    NEVER,
    /** Only the kernel is left to take it off: the median, and no client may be answered by the old host meanwhile. */
    KERNEL,
    /** Two voters cannot know who is cut off: by design while the cut lasts, the median after it. With a witness never. */
    WHILE_SPLIT;

    /** Milliseconds of a median under {@link #KERNEL}. */
    static final long KERNEL_MILLIS = 800;

    /** Milliseconds of a median after the end of a split. */
    static final long AFTER_SPLIT_MILLIS = 200;

    Held in(Options options) {
        return this == WHILE_SPLIT && options.witness() ? NEVER : this;
    }
}
