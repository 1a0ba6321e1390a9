package io.mempair.ha.election;

/**
 * Another node as last heard.
 *
 * @param name           its name
 * @param incarnation    which start of it
 * @param priority       its priority
 * @param role           its role
 * @param eligible       whether it would take over now
 * @param reignEpoch     the epoch it asks support for, or 0
 * @param holds          whether it has a lease
 * @param sentNanos      when its last message was sent, on its clock; older ones say nothing
 * @param heardNanos     when it was last heard, on ours
 * @param silentNanos    how long it has been silent while we listened
 * @param resignedEpoch  the last reign it gave up
 * @param gone           it stopped for good, or was proved dead
 */
public record Peer(
        String name,
        long incarnation,
        int priority,
        Role role,
        boolean eligible,
        long reignEpoch,
        boolean holds,
        long sentNanos,
        long heardNanos,
        long silentNanos,
        long resignedEpoch,
        boolean gone) {

    static Peer of(Message.Heartbeat heard, long resignedEpoch, long nowNanos) {
        boolean asks = heard.reignEpoch() > resignedEpoch;
        return new Peer(
                heard.from(),
                heard.incarnation(),
                heard.priority(),
                heard.role(),
                heard.eligible(),
                asks ? heard.reignEpoch() : 0,
                asks && heard.holds(),
                heard.sentNanos(),
                nowNanos,
                0,
                resignedEpoch,
                false);
    }

    Peer resigned(Message.Resign resign) {
        boolean over = reignEpoch <= resign.epoch();
        return new Peer(
                name,
                incarnation,
                priority,
                over && role == Role.ACTIVE ? Role.STANDBY : role,
                false,
                over ? 0 : reignEpoch,
                !over && holds,
                resign.sentNanos(),
                heardNanos,
                silentNanos,
                Math.max(resignedEpoch, resign.epoch()),
                resign.closing());
    }

    Peer lost() {
        return new Peer(
                name,
                incarnation,
                priority,
                Role.FAULT,
                false,
                0,
                false,
                sentNanos,
                heardNanos,
                silentNanos,
                resignedEpoch,
                true);
    }

    Peer silentFor(long silence) {
        return new Peer(
                name,
                incarnation,
                priority,
                role,
                eligible,
                reignEpoch,
                holds,
                sentNanos,
                heardNanos,
                silence,
                resignedEpoch,
                gone);
    }

    /** Whether it beats {@code other}: higher priority, ties to the lower name. */
    boolean outranks(Settings other) {
        return priority != other.priority() ? priority > other.priority() : name.compareTo(other.self()) < 0;
    }
}
