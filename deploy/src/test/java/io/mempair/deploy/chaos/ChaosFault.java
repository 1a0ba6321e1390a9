package io.mempair.deploy.chaos;

import java.util.List;
import java.util.Locale;

/** What is done to the pair and its servers, one at a time, or a fault of a node in the middle of one of a server. */
enum ChaosFault {
    SERVER_KILL(Target.SERVER),
    SERVER_FREEZE(Target.SERVER),
    SERVER_CUT(Target.SERVER),
    NODE_KILL(Target.NODE),
    NODE_KILLGUARD(Target.NODE),
    NODE_STOP(Target.NODE),
    NODE_TERM(Target.NODE),
    NODE_CUT(Target.NODE),
    NODE_DEAF(Target.NODE),
    NODE_MUTE(Target.NODE),
    NODE_SPLIT(Target.NODE),
    SWITCHOVER(Target.NODE),
    RELOAD(Target.PAIR),
    FLUSH(Target.PAIR);

    /** Whom it concerns. */
    enum Target {
        SERVER,
        NODE,
        PAIR
    }

    static final List<ChaosFault> ALL = List.of(values());

    private final Target target;

    ChaosFault(Target target) {
        this.target = target;
    }

    Target target() {
        return target;
    }

    /** As {@code lab.sh fault} knows it, without the host. */
    String word() {
        return name().substring(name().indexOf('_') + 1).toLowerCase(Locale.ROOT);
    }
}
