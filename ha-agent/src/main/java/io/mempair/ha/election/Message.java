package io.mempair.ha.election;

import java.util.List;

/** A message between nodes. Every time in it is on the clock of its sender; others only echo it. */
public sealed interface Message {

    /** Name of the sender. */
    String from();

    /**
     * Sent at every heartbeat interval, and immediately after a change.
     *
     * @param from         name of the sender
     * @param incarnation  differs from one start of the sender to the next
     * @param priority     of the sender
     * @param role         of the sender
     * @param eligible     whether it would take over now
     * @param epoch        the highest epoch it knows
     * @param reignEpoch   the epoch it requests support for; 0 if none
     * @param holds        whether it has a lease for {@code reignEpoch}; false for a candidate
     * @param sentNanos    when it was sent
     * @param terms        the rules of its sender
     * @param state        how recent its copy of the servers' state is
     * @param echoes       for each member the sender has heard, the last message heard
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
            StateVersion state,
            List<Echo> echoes)
            implements Message {

        public Heartbeat {
            echoes = List.copyOf(echoes);
        }

        /** A heartbeat without echoes and state, as an older version sends it. */
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
            this(
                    from,
                    incarnation,
                    priority,
                    role,
                    eligible,
                    epoch,
                    reignEpoch,
                    holds,
                    sentNanos,
                    terms,
                    StateVersion.NONE,
                    List.of());
        }
    }

    /**
     * The last message a member heard: it proves to its sender that the member ran later.
     *
     * @param incarnation  of the member heard
     * @param sentNanos    when that member sent it, on its clock
     */
    record Echo(long incarnation, long sentNanos) {}

    /**
     * The rules of a sender that concern others.
     *
     * @param witnessed   whether it counts three voters
     * @param preempts    whether it wants to replace an active node of lower priority now
     * @param leaseNanos  duration of the requested support
     * @param placement   a hash of everything that decides which server a key belongs to; {@link #UNKNOWN_PLACEMENT}
     *     from a witness or an older version
     */
    record Terms(boolean witnessed, boolean preempts, long leaseNanos, long placement) {

        /** Terms without a placement. */
        public Terms(boolean witnessed, boolean preempts, long leaseNanos) {
            this(witnessed, preempts, leaseNanos, UNKNOWN_PLACEMENT);
        }
    }

    /** Compatible with every placement. */
    long UNKNOWN_PLACEMENT = 0;

    /**
     * The answer to a heartbeat that requested support.
     *
     * @param from       name of the voter
     * @param epoch      the requested epoch
     * @param echoNanos  {@link Heartbeat#sentNanos} of the request
     * @param granted    whether the voter supports the sender of the request, and nobody else, for one lease from now
     * @param highest    the highest epoch the voter knows
     * @param busyNanos  how long the voter's promise to another node lasts; 0 if that is not the reason of a refusal
     * @param state      how recent the voter's copy of the servers' state is
     */
    record Support(
            String from, long epoch, long echoNanos, boolean granted, long highest, long busyNanos, StateVersion state)
            implements Message {

        /** An answer without state, as an older version sends it. */
        public Support(String from, long epoch, long echoNanos, boolean granted, long highest, long busyNanos) {
            this(from, epoch, echoNanos, granted, highest, busyNanos, StateVersion.NONE);
        }
    }

    /**
     * The sender's reign is over and the address is off its interface: promises to it end.
     *
     * @param from         name of the sender
     * @param incarnation  as in {@link Heartbeat}
     * @param epoch        the reign that ended, with all earlier ones; 0 if there was none
     * @param closing      whether the sender stops for good
     * @param sentNanos    when it was sent; earlier heartbeats no longer count
     */
    record Resign(String from, long incarnation, long epoch, boolean closing, long sentNanos) implements Message {}
}
