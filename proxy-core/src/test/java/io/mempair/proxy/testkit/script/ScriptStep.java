package io.mempair.proxy.testkit.script;

import java.util.EnumSet;
import java.util.Set;

/** What a server does with the oldest request it has not answered. */
public enum ScriptStep {
    /** Carries it out and answers. */
    ANSWERS,
    /** Carries it out and sends the first half of the answer; the other half is a step of its own. */
    ANSWERS_HALF,
    /** Does not carry it out, for want of memory, and says so. */
    REFUSES,
    /** Carries it out, and the connection breaks before the answer. */
    DOES_AND_BREAKS,
    /** The connection breaks before it is read. */
    BREAKS,
    /** Sends half of the answer, and the connection breaks. */
    BREAKS_IN_ANSWER,
    /** Its process ends without having read it; another one is there at once, which has nothing. */
    RESTARTS,
    /** Says nothing until the request is late; carries it out when the proxy has given it up. */
    IS_LATE;

    /** Those that are no fault. */
    public static final Set<ScriptStep> FAULTLESS = EnumSet.of(ANSWERS, ANSWERS_HALF);

    /** Those that break no connection. */
    public static final Set<ScriptStep> ANSWERED = EnumSet.of(ANSWERS, ANSWERS_HALF, REFUSES);

    public boolean isFault() {
        return !FAULTLESS.contains(this);
    }
}
