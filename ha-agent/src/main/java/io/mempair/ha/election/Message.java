package io.mempair.ha.election;

import java.util.List;

/** What nodes tell each other. Every time in a message is on the clock of its sender and only echoed by others. */
public sealed interface Message {

    /** Name of the sender. */
    String from();

    /**
     * Sent every heartbeat, and at once when something changed.
     *
     * @param from         name of the sender
     * @param incarnation  differs from one start of the sender to the next
     * @param priority     of the sender
     * @param role         of the sender
     * @param eligible     whether it would take over now
     * @param epoch        the highest epoch it knows of
     * @param reignEpoch   the epoch it asks support for; 0 when it asks for none
     * @param holds        whether it has a lease for {@code reignEpoch}; false for a candidate
     * @param sentNanos    when it was sent
     * @param terms        the rules it takes part by
     * @param echoes       of each member the sender has heard, the last it heard
     */
    record Heartbeat(
            String from,
            long incarnation,
            int priority,
            Role role,
            boolean eligible,
            long epoch,
            long reignEpoch,
            boolean holds,
            long sentNanos,
            Terms terms,
            List<Echo> echoes)
            implements Message {

        public Heartbeat {
            echoes = List.copyOf(echoes);
        }

        /** One that tells nothing of whom its sender has heard, as an older version sends it. */
        public Heartbeat(
                String from,
                long incarnation,
                int priority,
                Role role,
                boolean eligible,
                long epoch,
                long reignEpoch,
                boolean holds,
                long sentNanos,
                Terms terms) {
            this(from, incarnation, priority, role, eligible, epoch, reignEpoch, holds, sentNanos, terms, List.of());
        }
    }

    /**
     * What a member heard: proof, for whoever sent that, that the member ran later.
     *
     * @param incarnation  of the member that was heard
     * @param sentNanos    when it sent that, on its clock
     */
    record Echo(long incarnation, long sentNanos) {}

    /**
     * The rules of a sender as far as they concern others.
     *
     * @param witnessed   whether it counts three voters
     * @param preempts    whether it wants the place of an active node of lower priority, now
     * @param leaseNanos  for how long it asks for support
     * @param placement   a number that stands for all that decides which server a key belongs to; {@link #UNKNOWN_PLACEMENT}
     *     of a witness, and of an older version
     */
    record Terms(boolean witnessed, boolean preempts, long leaseNanos, long placement) {

        /** Terms that do not say how keys are placed. */
        public Terms(boolean witnessed, boolean preempts, long leaseNanos) {
            this(witnessed, preempts, leaseNanos, UNKNOWN_PLACEMENT);
        }
    }

    /** Differs from none. */
    long UNKNOWN_PLACEMENT = 0;

    /**
     * The answer to a heartbeat that asked for support.
     *
     * @param from       name of the voter
     * @param epoch      the epoch asked for
     * @param echoNanos  {@link Heartbeat#sentNanos} of the request
     * @param granted    whether the voter supports the asker, and nobody else, for a lease from now
     * @param highest    the highest epoch the voter knows of
     * @param busyNanos  how long the voter's promise to another lasts; 0 when that is not why it refused
     */
    record Support(String from, long epoch, long echoNanos, boolean granted, long highest, long busyNanos)
            implements Message {}

    /**
     * The sender's reign is over and the address is off its interface: promises made to it are free.
     *
     * @param from         name of the sender
     * @param incarnation  as in {@link Heartbeat}
     * @param epoch        the reign that ended, and all before it; 0 when there was none
     * @param closing      whether the sender stops for good
     * @param sentNanos    when it was sent; heartbeats sent before say nothing any more
     */
    record Resign(String from, long incarnation, long epoch, boolean closing, long sentNanos) implements Message {}
}
