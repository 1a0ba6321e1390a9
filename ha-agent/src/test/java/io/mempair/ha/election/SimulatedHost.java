package io.mempair.ha.election;

import static io.mempair.ha.election.Simulation.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** One machine of a {@link Simulation}: its clock, its process, its interface, its guard and its kernel. */
final class SimulatedHost {

    private static final long TICK = 25 * MILLIS;

    /** The guard's silence limit. */
    private static final long SILENCE = 500 * MILLIS;

    /** How long the kernel keeps an address nobody renews. */
    private static final long LIFETIME = 1_250 * MILLIS;

    private final Simulation world;
    final String name;
    private final int priority;
    private final Policy policy;
    private final double rate;
    private final long origin;

    @Nullable
    Election election;

    private int starts;
    boolean hasAddress;
    private boolean portOpen;

    /** The tie-breaker does not hear this host, or is not heard. */
    boolean tieBreakerAway;

    private boolean guardStuck;
    private long stuckUntil;
    private long holdUntil;
    private long kernelUntil;
    private long leaseUntilLocal;
    private int stalls;
    private long lastEpoch;
    private final List<LongFunction<@Nullable Event>> backlog = new ArrayList<>();
    int transitions;

    /** By what it places keys. */
    private long placement = 1;

    @Nullable
    String switchover;

    /** Its copy of the servers' state; of a node also what it determines as the active one. */
    private SimulatedServerState serverState = new SimulatedServerState(this, null);

    private final SimulatedHandover handover;

    SimulatedHost(Simulation world, String name, int priority, Policy policy) {
        this.world = world;
        this.name = name;
        this.priority = priority;
        this.policy = policy;
        this.handover = new SimulatedHandover(this);
        this.rate = 1 + (world.random().nextDouble() - 0.5) * 2e-3;
        this.origin = world.random().nextBoolean()
                ? Long.MAX_VALUE - (long) (world.random().nextDouble() * 5e9)
                : world.random().nextLong();
    }

    private long local() {
        return origin + (long) (world.now * rate);
    }

    void start() {
        if (election != null) {
            return;
        }
        starts++;
        world.note(name + " starts");
        Settings settings = new Settings(
                name,
                priority,
                incarnation(),
                Simulation.HEARTBEAT,
                Simulation.LEASE,
                Simulation.INIT,
                Settings.CLAIM_NANOS,
                policy);
        election = Election.start(settings, local());
        serverState = new SimulatedServerState(this, settings);
        lastEpoch = 0;
        leaseUntilLocal = local();
        hasAddress = false;
        int mine = starts;
        if (!policy.votesOnly()) {
            receive(local -> new Event.PlacementChanged(local, placement));
            receive(local -> new Event.HandoverAllowed(local, world.handover));
        }
        later(world.random().nextInt(600) * MILLIS, mine, () -> receive(Event.ChannelConnected::new));
        later(world.random().nextInt(100) * MILLIS, mine, () -> receive(SimulatedHost::fit));
        later(0, mine, () -> tick(mine));
        later(0, mine, () -> observe(mine));
        later(0, mine, () -> askTieBreaker(mine));
    }

    /** Of the run that is, or was last. */
    long incarnation() {
        return name.charAt(0) * 1_000L + starts;
    }

    private static Event fit(long local) {
        return new Event.FitnessChanged(local, List.of());
    }

    SimulatedHandover handover() {
        return handover;
    }

    /** Something this run of the process would do then. */
    void later(long delay, Runnable what) {
        later(delay, starts, what);
    }

    /** Something that run of the process would do then. */
    private void later(long delay, int incarnation, Runnable what) {
        world.after(delay, () -> {
            if (election != null && starts == incarnation) {
                what.run();
            }
        });
    }

    /** A check of it fails, and is good again then. */
    void unfitFor(long duration) {
        world.note(name + " is unfit for " + duration / MILLIS);
        receive(local -> new Event.FitnessChanged(local, List.of("an event loop is stuck")));
        later(duration, starts, () -> receive(SimulatedHost::fit));
    }

    /** Its file is read again, and has other servers now. */
    void places(long by) {
        placement = by;
        receive(local -> new Event.PlacementChanged(local, by));
    }

    void hearsAfter(long delay, Message message) {
        later(delay, starts, () -> hears(message));
    }

    /** Heard by the run that is there now, if there is one, whichever it was sent to. */
    void hears(Message message) {
        if (election != null) {
            receive(local -> new Event.Heard(local, message));
        }
    }

    private void tick(int incarnation) {
        receive(Event.Tick::new);
        later(TICK + world.random().nextInt(3) * MILLIS, incarnation, () -> tick(incarnation));
    }

    private void observe(int incarnation) {
        boolean held = hasAddress;
        receive(local -> new Event.AddressObserved(local, held));
        later(1_000 * MILLIS, incarnation, () -> observe(incarnation));
    }

    private void askTieBreaker(int incarnation) {
        if (!tieBreakerAway && !isStalled()) {
            long asked = local();
            later(world.delay(), incarnation, () -> {
                if (!tieBreakerAway) {
                    receive(local -> new Event.TieBreakerHeard(local, asked));
                }
            });
        }
        later(2 * Simulation.HEARTBEAT, incarnation, () -> askTieBreaker(incarnation));
    }

    /** The process dies; its guard drops the address unless it is stuck; who can ask its kernel may learn of it. */
    void crash() {
        if (election == null) {
            return;
        }
        world.note(name + " crashes");
        election = null;
        handover.crash();
        backlog.clear();
        portOpen = false;
        long incarnation = incarnation();
        world.after(4 * MILLIS, this::guardSeesEnd);
        world.hosts.stream()
                .filter(peer -> peer != this && world.random().nextBoolean())
                .forEach(peer -> world.after(20 * MILLIS, () -> {
                    if (election == null && !world.isCut(this, peer) && !world.isCut(peer, this)) {
                        peer.receive(local -> new Event.PeerDied(local, name, incarnation));
                    }
                }));
    }

    private void guardSeesEnd() {
        if (election == null && !guardStuckNow()) {
            hasAddress = false;
        }
    }

    /** The guard does nothing more for a while: what it holds stays until the kernel removes it. */
    void stickGuard(long duration) {
        world.note("the guard of " + name + " is stuck for " + duration / MILLIS);
        guardStuck = true;
        stuckUntil = world.now + duration;
        world.after(duration, () -> {
            guardStuck = world.now < stuckUntil;
            if (!guardStuck && election == null) {
                hasAddress = false;
            }
        });
    }

    /** Whether an address here may be nobody's fault but the guard's: it is stuck, or was until a moment ago. */
    boolean guardStuckNow() {
        return guardStuck;
    }

    void stall(long duration) {
        world.note(name + " stalls for " + duration / MILLIS);
        stalls++;
        world.after(duration, () -> {
            stalls--;
            if (stalls == 0) {
                List<LongFunction<@Nullable Event>> waiting = List.copyOf(backlog);
                backlog.clear();
                waiting.forEach(this::feed);
            }
        });
    }

    private boolean isStalled() {
        return stalls > 0;
    }

    StateVersion kept() {
        return serverState.kept();
    }

    SimulatedServerState serverState() {
        return serverState;
    }

    Simulation world() {
        return world;
    }

    /** @param event  its event; null for what does not concern the election */
    void receive(LongFunction<@Nullable Event> event) {
        if (election != null && isStalled()) {
            backlog.add(event);
        } else {
            feed(event);
        }
    }

    private void feed(LongFunction<@Nullable Event> made) {
        if (election == null) {
            return;
        }
        Event event = made.apply(local());
        if (event == null) {
            return;
        }
        Decision decision = election.onEvent(event);
        election = decision.next();
        if (decision.transition() != null) {
            transitions++;
            world.note(name + ' ' + decision.transition());
        }
        if (election.epoch() < lastEpoch) {
            world.fail("the epoch of " + name + " fell from " + lastEpoch + " to " + election.epoch());
        }
        lastEpoch = election.epoch();
        decision.effects().forEach(this::carryOut);
        serverState.turnEnded(election, event.nowNanos());
        handover.turnEnded(election, event.nowNanos());
    }

    private void carryOut(Effect effect) {
        int mine = starts;
        handover.carryOut(effect);
        if (effect instanceof Effect.SetLease lease) {
            renew(lease.untilNanos());
        } else if (effect instanceof Effect.ClaimAddress claim) {
            boolean fails = world.random().nextDouble() < world.claimFailure;
            later(world.delay(), mine, () -> claimed(claim.epoch(), fails));
        } else if (effect instanceof Effect.ReleaseAddress release) {
            later(world.delay() + 2 * world.maxDelay, mine, () -> released(release.epoch()));
        } else if (effect instanceof Effect.OpenPort open) {
            portOpen = true;
            later(world.delay(), mine, () -> receive(local -> new Event.PortOpened(local, open.epoch())));
        } else if (effect instanceof Effect.ClosePort close) {
            portOpen = false;
            later(world.delay(), mine, () -> receive(local -> new Event.Drained(local, close.epoch())));
        } else if (effect instanceof Effect.Quiesce quiesce) {
            later(world.delay(), mine, () -> receive(local -> new Event.Drained(local, quiesce.epoch())));
        } else if (effect instanceof Effect.SendHeartbeat beat) {
            world.transmit(this, beat.heartbeat());
            serverState.heartbeatSent(beat.heartbeat());
        } else if (effect instanceof Effect.SendState send) {
            serverState.sendTo(send.to());
        } else if (effect instanceof Effect.SendSupport support) {
            world.transmit(this, support.to(), support.support());
        } else if (effect instanceof Effect.SendResign resign) {
            world.transmit(this, resign.resign());
        } else {
            remember(effect);
        }
    }

    private void remember(Effect effect) {
        if (effect instanceof Effect.SwitchoverDone done) {
            switchover = done.line();
        } else if (effect instanceof Effect.SwitchoverFailed failed) {
            switchover = "failed: " + failed.why();
        } else if (effect instanceof Effect.Say say) {
            world.note(name + " says: " + say.line());
        } else if (effect instanceof Effect.Warn warn) {
            world.note(name + " warns: " + warn.line());
        } else if (effect instanceof Effect.Stopped) {
            world.after(4 * MILLIS, () -> hasAddress = guardStuck && hasAddress);
        }
    }

    private void renew(long untilLocal) {
        leaseUntilLocal = untilLocal;
        if (!guardStuck) {
            holdUntil = world.now + Math.min(SILENCE, Math.max(0, (long) ((untilLocal - local()) / rate)));
            kernelUntil = world.now + LIFETIME;
        }
    }

    private void claimed(long epoch, boolean fails) {
        if (guardStuck) {
            return;
        }
        if (fails) {
            receive(local -> new Event.ClaimFailed(local, epoch, "RTNETLINK answers: no"));
        } else if (holdUntil - world.now > 0) {
            hasAddress = true;
            receive(local -> new Event.AddressClaimed(local, epoch));
        }
    }

    private void released(long epoch) {
        if (!guardStuck) {
            hasAddress = false;
            receive(local -> new Event.AddressReleased(local, epoch));
        }
    }

    boolean isActive() {
        return election != null && election.role() == Role.ACTIVE;
    }

    /** A process that still runs, stalled or not, and whose lease is not over on its own clock. */
    boolean hasLease() {
        return election != null && leaseUntilLocal - local() > 0;
    }

    /** Serves a client: its own lease says so, the port is open and the address is there. */
    boolean serves() {
        return hasLease() && hasAddress && portOpen && !isStalled();
    }

    void check() {
        if (hasAddress && !guardStuck && world.now - holdUntil >= 0) {
            hasAddress = false; // the guard heard nothing for too long
            receive(local -> new Event.AddressLost(local, "silence"));
        }
        if (hasAddress && world.now - kernelUntil >= 0) {
            hasAddress = false; // the kernel's own limit
        }
        Election mine = election;
        boolean late = local() - leaseUntilLocal > 2 * TICK + 2 * MILLIS;
        if (mine != null && late && !isStalled() && name.equals(mine.activeNode())) {
            world.fail(name + " is active without a lease");
        }
    }

    @Override
    public String toString() {
        return (election == null ? name + " down" : election) + (hasAddress ? " VIP" : "") + (portOpen ? " open" : "");
    }
}
