package io.mempair.ha.group;

/**
 * What members tell each other for their operators, separate from the {@link io.mempair.ha.election.Message messages} of the
 * election and from {@link ServerStateMessage}: nothing is decided by it, and it may be lost. A member of an older version
 * ignores it.
 */
public sealed interface OperatorMessage {

    /** Name of the sender. */
    String from();

    /**
     * How the sender is; once a second.
     *
     * @param from     name of the sender
     * @param summary  of the sender
     */
    record Summary(String from, MemberSummary summary) implements OperatorMessage {}
}
