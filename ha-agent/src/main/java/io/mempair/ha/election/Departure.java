package io.mempair.ha.election;

/** Whether another member has left, as this one knows it. */
public enum Departure {
    /** It has not, or nobody knows: it may be silent. */
    NONE,
    /** It said that it stops, as in an update of its host. */
    STOPPED,
    /** It was proved dead: its process ended without a word. */
    DIED
}
