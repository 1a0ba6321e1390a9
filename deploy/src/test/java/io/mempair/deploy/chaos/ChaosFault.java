package io.mempair.deploy.chaos;

import java.util.List;
import java.util.Locale;

/** What is done to the pair and its servers, one at a time, or a fault of a node in the middle of one of a server. */
enum ChaosFault {
    SERVER_KILL(ChaosTarget.SERVER),
    SERVER_FREEZE(ChaosTarget.SERVER),
    SERVER_CUT(ChaosTarget.SERVER),
    NODE_KILL(ChaosTarget.NODE),
    NODE_KILLGUARD(ChaosTarget.NODE),
    NODE_STOP(ChaosTarget.NODE),
    NODE_TERM(ChaosTarget.NODE),
    NODE_CUT(ChaosTarget.NODE),
    NODE_DEAF(ChaosTarget.NODE),
    NODE_MUTE(ChaosTarget.NODE),
    NODE_SPLIT(ChaosTarget.NODE),
    SWITCHOVER(ChaosTarget.NODE),
    RELOAD(ChaosTarget.PAIR),
    FLUSH(ChaosTarget.PAIR);

    /** Whom it concerns. */
    enum ChaosTarget {
        SERVER,
        NODE,
        PAIR
    }

    static final List<ChaosFault> ALL = List.of(values());

    private final ChaosTarget target;

    ChaosFault(ChaosTarget target) {
        this.target = target;
    }

    ChaosTarget target() {
        return target;
    }

    /** As {@code lab.sh fault} knows it, without the host. */
    String word() {
        return name().substring(name().indexOf('_') + 1).toLowerCase(Locale.ROOT);
    }
}
