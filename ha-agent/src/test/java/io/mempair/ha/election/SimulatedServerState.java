package io.mempair.ha.election;

import org.jspecify.annotations.Nullable;

/**
 * The servers' state in one process of a {@link Simulation}, as far as it is told: only how recent it is. The active node
 * finds out something now and then, and relies on it once it counts as known. The rules are those of {@link StateCopy} and
 * {@link PeerAcks}.
 */
final class SimulatedServerState {

    private record SimulatedUpdate(SimulatedHost from, long incarnation, StateVersion version) {}

    private final SimulatedHost host;
    private final @Nullable Settings settings;
    private final PeerAcks acks;
    private StateCopy kept = StateCopy.NONE;
    private long found = 1;
    private long reignEpoch;
    private @Nullable Election election;

    SimulatedServerState(SimulatedHost host, @Nullable Settings settings) {
        this.host = host;
        this.settings = settings;
        boolean witnessed = settings != null && settings.policy().witnessed();
        this.acks = new PeerAcks(Simulation.LEASE, witnessed);
    }

    StateVersion kept() {
        return kept.version();
    }

    private boolean votesOnly() {
        return settings != null && settings.policy().votesOnly();
    }

    void heartbeatSent(Message.Heartbeat beat) {
        if (votesOnly()) {
            return;
        }
        long now = beat.holds() ? beat.reignEpoch() : 0;
        if (now != 0 && reignEpoch == 0) {
            host.world().checkState(host); // what it knows now it begins with
        }
        reignEpoch = now;
        if (reignEpoch != 0 && host.serves() && host.world().random().nextInt(3) == 0) {
            found++;
        }
        tell(beat.sentNanos());
    }

    private void tell(long nowNanos) {
        if (reignEpoch == 0) {
            return;
        }
        StateVersion before = kept.version();
        StateVersion own = new StateVersion(reignEpoch, found);
        kept = StateCopy.own(own);
        acks.sent(reignEpoch, found, nowNanos);
        host.world().hosts.stream().filter(to -> to != host).forEach(this::send);
        if (!own.equals(before)) {
            host.world().after(0, () -> keepsItsOwn(kept.version()));
        }
    }

    private void keepsItsOwn(StateVersion version) {
        if (host.serverState() == this) {
            host.receive(local -> new Event.StateKept(local, version));
        }
    }

    void sendTo(String name) {
        host.world().hosts.stream().filter(to -> to.name.equals(name)).forEach(this::send);
    }

    private void send(SimulatedHost to) {
        SimulatedUpdate update = new SimulatedUpdate(host, host.incarnation(), kept.version());
        host.world()
                .transmitState(
                        host, to, () -> to.receive(local -> to.serverState().heard(update, local)));
    }

    private @Nullable Event heard(SimulatedUpdate update, long local) {
        Election now = election;
        if (now == null) {
            return null;
        }
        StateCopy.Offer offer = new StateCopy.Offer(update.from().name, update.incarnation(), update.version());
        StateCopy.Receipt receipt = votesOnly() ? kept.receivedByWitness(offer, now) : kept.receivedByNode(offer, now);
        kept = receipt.copy();
        if (receipt.acknowledged()) {
            acknowledge(update);
        }
        return receipt.isNew() ? new Event.StateKept(local, kept.version()) : null;
    }

    private void acknowledge(SimulatedUpdate update) {
        long mine = host.incarnation();
        SimulatedServerState of = update.from().serverState();
        host.world()
                .transmitState(
                        host,
                        update.from(),
                        () -> update.from().receive(local -> {
                            if (update.from().serverState() == of) {
                                of.acks.acknowledged(
                                        host.name,
                                        mine,
                                        update.version().epoch(),
                                        update.version().version());
                                of.settle(local);
                            }
                            return null;
                        }));
    }

    void turnEnded(Election next, long nowNanos) {
        election = next;
        settle(nowNanos);
    }

    private void settle(long nowNanos) {
        Election now = election;
        if (now == null || reignEpoch == 0) {
            return;
        }
        long known = acks.settle(now, nowNanos).known();
        if (known != PeerAcks.NOTHING) {
            host.world().reliedOn(new StateVersion(reignEpoch, known));
        }
    }
}
