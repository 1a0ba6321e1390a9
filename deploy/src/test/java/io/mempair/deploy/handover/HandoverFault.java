package io.mempair.deploy.handover;

import java.util.List;
import java.util.Locale;

/** What is done to a node in the middle of a hand-over. */
enum HandoverFault {
    /** Its process ends at once. */
    KILL,
    /** Its process is stopped, and goes on later. */
    STOP,
    /** No packet of its host goes or comes. */
    CUT;

    static final List<HandoverFault> ALL = List.of(values());

    /** As {@code lab.sh fault} knows it. */
    String on(String node) {
        return name().toLowerCase(Locale.ROOT) + '-' + node;
    }
}
