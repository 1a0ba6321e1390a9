package io.mempair.ha.election;

import io.mempair.ha.handover.HandoverMessage;
import io.mempair.ha.handover.HandoverSource;
import io.mempair.ha.handover.HandoverTarget;
import io.mempair.ha.handover.SourceAction;
import io.mempair.ha.handover.TargetAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the clients at one simulated host, and its side of hand-overs. A copy of a connection knows how many
 * requests it has executed; the world knows how many were. A request executed on an old copy, or on two, is seen at once.
 */
final class SimulatedHandover {

    private static final long NO_LINK = -1;

    /** How a host has a connection. */
    enum Mode {
        /** Its requests are executed. */
        LIVE,
        /** Its requests are kept. */
        QUIET,
        /** Locked, at its source. */
        COPIED,
        /** Locked, at its target. */
        RESTORED
    }

    /** One host's view of a connection. */
    static final class Copy {
        Mode mode;
        int executed;
        int kept;

        Copy(Mode mode, int executed, int kept) {
            this.mode = mode;
            this.executed = executed;
            this.kept = kept;
        }
    }

    private final SimulatedHost host;
    final Map<Integer, Copy> copies = new HashMap<>();
    private HandoverSource source;
    private HandoverTarget target;
    private final List<Map<Integer, Copy>> arrived = new ArrayList<>();
    private boolean reigned;
    private long sourceEpoch;
    private long link = NO_LINK;
    private @Nullable SimulatedHandover other;
    private long lastArrival;

    /** A hand-over ends here, of either kind. */
    int commits;

    int takeBacks;

    SimulatedHandover(SimulatedHost host) {
        this.host = host;
        this.source = new HandoverSource(host.name);
        this.target = new HandoverTarget(host.name);
    }

    /** The process dies, and its connections with it; the kernel tells the peer if it can. */
    void crash() {
        copies.clear();
        arrived.clear();
        source = new HandoverSource(host.name);
        target = new HandoverTarget(host.name);
        reigned = false;
        breakLink();
    }

    private void breakLink() {
        SimulatedHandover end = other;
        long broken = link;
        link = NO_LINK;
        other = null;
        if (end != null && end.link == broken) {
            host.world().after(host.world().delay(), () -> end.linkEnds(broken));
        }
    }

    private void linkEnds(long broken) {
        if (link == broken) {
            link = NO_LINK;
            other = null;
            act(local -> {
                carryOutSource(source.lost(sourceEpoch, "the link ended"));
                carryOutTarget(target.lost(broken));
            });
        }
    }

    private void act(java.util.function.LongConsumer what) {
        host.receive(local -> {
            what.accept(local);
            return null;
        });
    }

    void carryOut(Effect effect) {
        if (effect instanceof Effect.PrepareHandover prepare) {
            sourceEpoch = prepare.epoch();
            carryOutSource(source.prepare(prepare.epoch(), prepare.heir()));
        } else if (effect instanceof Effect.CopyConnections copy) {
            carryOutSource(source.copy(copy.epoch()));
        } else if (effect instanceof Effect.CommitHandover commit) {
            commits++;
            carryOutSource(source.commit(commit.epoch()));
        } else if (effect instanceof Effect.AbandonHandover abandon) {
            takeBacks++;
            carryOutSource(source.abandon(abandon.epoch()));
        } else if (effect instanceof Effect.Quiesce) {
            copies.values().stream().filter(copy -> copy.mode == Mode.LIVE).forEach(copy -> copy.mode = Mode.QUIET);
        } else if (effect instanceof Effect.OpenPort) {
            open();
        } else if (effect instanceof Effect.DropClients) {
            copies.values().removeIf(copy -> copy.mode == Mode.LIVE || copy.mode == Mode.QUIET);
        }
    }

    private void open() {
        copies.values().stream().filter(copy -> copy.mode == Mode.QUIET).forEach(copy -> copy.mode = Mode.LIVE);
        executeKept();
    }

    /** After each turn of the election, and at each tick. */
    void turnEnded(Election election, long local) {
        boolean reigns = election.mayHaveAddress();
        if (reigns && !reigned) {
            reigned = true;
            carryOutTarget(target.reignBegan(election.epoch(), local));
        } else if (!reigns && reigned) {
            reigned = false;
            carryOutTarget(target.reignEnded());
        }
        carryOutSource(source.tick(local));
        carryOutTarget(target.tick(local));
    }

    private void carryOutSource(List<SourceAction> actions) {
        for (SourceAction action : actions) {
            if (action instanceof SourceAction.ConnectTarget connect) {
                connect(connect.first());
            } else if (action instanceof SourceAction.TellTarget send) {
                say(send.message());
            } else if (action instanceof SourceAction.LeaveTarget) {
                hangUp();
            } else if (action instanceof SourceAction.MakeCopies copy) {
                copy(copy.epoch());
            } else if (action instanceof SourceAction.TakeBack) {
                copies.values().stream()
                        .filter(copy -> copy.mode == Mode.COPIED)
                        .forEach(copy -> copy.mode = Mode.QUIET);
            } else if (action instanceof SourceAction.CloseCopied) {
                copies.values().removeIf(copy -> copy.mode == Mode.COPIED);
            } else if (action instanceof SourceAction.ReportPrepared report) {
                report(local -> new Event.HandoverPrepared(local, report.epoch()));
            } else if (action instanceof SourceAction.ReportCopied report) {
                report(local -> new Event.ConnectionsCopied(local, report.epoch()));
            } else if (action instanceof SourceAction.ReportFailed report) {
                report(local -> new Event.HandoverFailed(local, report.epoch(), report.why()));
            }
        }
    }

    private void report(java.util.function.LongFunction<Event> event) {
        host.later(host.world().delay() / 10, () -> host.receive(event::apply));
    }

    private void connect(HandoverMessage.Prepare first) {
        long epoch = first.epoch();
        SimulatedHost peer = host.world().other(host);
        if (peer.election == null || host.world().isCut(host, peer)) {
            host.later(host.world().delay(), () -> act(local -> carryOutSource(source.lost(epoch, "not reached"))));
            return;
        }
        breakLink();
        SimulatedHandover end = peer.handover();
        link = host.world().nextNumber();
        other = end;
        end.breakLink();
        end.link = link;
        end.other = this;
        say(first);
    }

    /** To the other end, in order; a cut network swallows it without a word. */
    private void say(HandoverMessage message) {
        SimulatedHandover end = other;
        Simulation world = host.world();
        if (end == null || world.isCut(host, end.host)) {
            return;
        }
        long on = link;
        Map<Integer, Copy> payload = message instanceof HandoverMessage.CopiesEnd ? payload() : Map.of();
        lastArrival = Math.max(world.now + world.delay(), lastArrival + 1);
        world.after(lastArrival - world.now, () -> {
            if (end.link == on && !world.isCut(host, end.host)) {
                end.act(local -> end.hears(on, message, payload, local));
            }
        });
    }

    private Map<Integer, Copy> payload() {
        Map<Integer, Copy> all = new HashMap<>();
        copies.forEach((client, copy) -> {
            if (copy.mode == Mode.COPIED) {
                all.put(client, new Copy(Mode.RESTORED, copy.executed, copy.kept));
            }
        });
        return all;
    }

    private void hangUp() {
        long on = link;
        SimulatedHandover end = other;
        link = NO_LINK;
        other = null;
        if (end != null) {
            lastArrival = Math.max(host.world().now + host.world().delay(), lastArrival + 1);
            host.world().after(lastArrival - host.world().now, () -> end.linkEnds(on));
        }
    }

    private void hears(long on, HandoverMessage message, Map<Integer, Copy> payload, long local) {
        if (message instanceof HandoverMessage.CopiesEnd) {
            arrived.clear();
            arrived.add(payload);
        }
        boolean fromSource = !(message instanceof HandoverMessage.Prepared
                || message instanceof HandoverMessage.HandoverRefused
                || message instanceof HandoverMessage.Restored);
        if (fromSource) {
            boolean able = host.world().random().nextInt(10) > 0;
            carryOutTarget(target.heard(on, message, able ? null : "it cannot", local));
        } else {
            carryOutSource(source.heard(sourceEpoch, message));
        }
    }

    private void copy(long epoch) {
        int moved = 0;
        for (Copy copy : copies.values()) {
            if (copy.mode == Mode.QUIET && host.world().random().nextInt(20) > 0) {
                copy.mode = Mode.COPIED;
                moved++;
            }
        }
        int connections = moved;
        long took = host.world().delay();
        host.later(took, () -> act(local -> carryOutSource(source.copied(epoch, connections, local))));
    }

    private void carryOutTarget(List<TargetAction> actions) {
        for (TargetAction action : actions) {
            if (action instanceof TargetAction.TellSource send && send.link() == link) {
                say(send.message());
            } else if (action instanceof TargetAction.LeaveSource disconnect && disconnect.link() == link) {
                hangUp();
            } else if (action instanceof TargetAction.EndRestoring end) {
                int count = arrived.stream().mapToInt(Map::size).sum();
                arrived.forEach(copies::putAll);
                arrived.clear();
                host.later(
                        host.world().delay(), () -> act(local -> carryOutTarget(target.restored(end.link(), count))));
            } else if (action instanceof TargetAction.Activate) {
                copies.values().stream()
                        .filter(copy -> copy.mode == Mode.RESTORED)
                        .forEach(copy -> copy.mode = Mode.LIVE);
                host.world().moved++;
                executeKept();
            } else if (action instanceof TargetAction.Discard) {
                copies.values().removeIf(copy -> copy.mode == Mode.RESTORED);
            }
        }
    }

    /** A client's request reaches this host. */
    void request(int client) {
        Copy copy = copies.get(client);
        if (copy == null) {
            return;
        }
        if (copy.mode == Mode.LIVE && host.serves()) {
            execute(client, copy);
        } else if (copy.mode == Mode.QUIET) {
            copy.kept++;
        }
    }

    private void executeKept() {
        copies.forEach((client, copy) -> {
            for (; copy.mode == Mode.LIVE && copy.kept > 0 && host.hasLease(); copy.kept--) {
                execute(client, copy);
            }
        });
    }

    private void execute(int client, Copy copy) {
        Simulation world = host.world();
        int done = world.executed.getOrDefault(client, 0);
        if (copy.executed != done) {
            world.fail(host.name + " executes request " + copy.executed + " of client " + client + " again: " + done
                    + " were executed");
        }
        copy.executed++;
        world.executed.put(client, copy.executed);
    }
}
