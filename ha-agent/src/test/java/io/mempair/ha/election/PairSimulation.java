package io.mempair.ha.election;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Two elections, a network that loses, delays, doubles and cuts, hosts whose clocks differ, stall, crash and restart.
 * One seed decides everything. {@link #step} advances the world by one thing that happens and checks the invariants.
 */
final class PairSimulation {

    static final long MILLIS = 1_000_000;
    static final long HEARTBEAT = 100 * MILLIS;
    static final long LEASE = 700 * MILLIS;
    static final long INIT = 1_500 * MILLIS;
    static final long TICK = 25 * MILLIS;

    /** The guard's silence limit. */
    private static final long SILENCE = 500 * MILLIS;

    private record Due(long at, long order, Runnable what) {}

    private final Random random;
    private final PriorityQueue<Due> world =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    final List<Host> hosts = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    long now;
    private long order;
    private long steps;

    /** What the network and the hosts do wrong; all zero in a quiet period. */
    double loss;

    double doubling;
    long maxDelay = 2 * MILLIS;
    double claimFailure;
    boolean cutFromA;
    boolean cutFromB;

    PairSimulation(long seed) {
        random = new Random(seed);
        hosts.add(new Host("a", 200));
        hosts.add(new Host("b", 100));
    }

    Host a() {
        return hosts.get(0);
    }

    Host b() {
        return hosts.get(1);
    }

    Random random() {
        return random;
    }

    void after(long delay, Runnable what) {
        world.add(new Due(now + delay, order++, what));
    }

    void runFor(long duration) {
        long end = now + duration;
        while (!world.isEmpty() && world.peek().at() - end <= 0) {
            step();
        }
        now = end;
    }

    private void step() {
        Due due = world.poll();
        now = due.at();
        due.what().run();
        steps++;
        hosts.forEach(Host::check);
    }

    private void fail(String what) {
        int from = Math.max(0, log.size() - 60);
        throw new AssertionError(what + " at step " + steps + ", " + now / MILLIS + " ms\n"
                + String.join("\n", log.subList(from, log.size())));
    }

    void transmit(Host from, Message message) {
        Host to = from == a() ? b() : a();
        boolean cut = from == a() ? cutFromA : cutFromB;
        if (cut || (random.nextDouble() < loss && !(message instanceof Message.Resign))) {
            return;
        }
        int copies = random.nextDouble() < doubling ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            int incarnation = to.starts;
            after(delay(), () -> {
                if (to.starts == incarnation) {
                    to.receive(local -> new Event.Heard(local, message));
                }
            });
        }
    }

    long delay() {
        return 50_000 + (long) (random.nextDouble() * maxDelay);
    }

    /** One machine: its clock, its process, its address and its guard. */
    final class Host {

        final String name;
        final int priority;
        private final double rate = 1 + (random.nextDouble() - 0.5) * 2e-4;
        private final long origin =
                random.nextBoolean() ? Long.MAX_VALUE - (long) (random.nextDouble() * 5e9) : random.nextLong();

        @Nullable
        Election election;

        int starts;
        boolean hasAddress;
        boolean portOpen;
        private long holdUntil;
        private long leaseUntilLocal;
        private int stalls;
        private long lastEpoch;
        private final List<LongFunction<Event>> backlog = new ArrayList<>();
        int transitions;

        @Nullable
        String switchover;

        Host(String name, int priority) {
            this.name = name;
            this.priority = priority;
        }

        long local() {
            return origin + (long) (now * rate);
        }

        void start() {
            starts++;
            election = Election.start(new Settings(name, priority, starts, HEARTBEAT, LEASE, INIT), local());
            lastEpoch = 0;
            leaseUntilLocal = local();
            hasAddress = false;
            int mine = starts;
            after(random.nextInt(600) * MILLIS, () -> runIf(mine, () -> receive(Event.ChannelConnected::new)));
            after(
                    random.nextInt(100) * MILLIS,
                    () -> runIf(mine, () -> receive(local -> new Event.FitnessChanged(local, List.of()))));
            after(0, () -> tick(mine));
            after(0, () -> observe(mine));
        }

        private void runIf(int incarnation, Runnable what) {
            if (election != null && starts == incarnation) {
                what.run();
            }
        }

        private void tick(int incarnation) {
            runIf(incarnation, () -> {
                receive(Event.Tick::new);
                after(TICK + random.nextInt(3) * MILLIS, () -> tick(incarnation));
            });
        }

        private void observe(int incarnation) {
            runIf(incarnation, () -> {
                boolean held = hasAddress;
                receive(local -> new Event.AddressObserved(local, held));
                after(1_000 * MILLIS, () -> observe(incarnation));
            });
        }

        /** The process dies; its guard drops the address, and its kernel refuses the peer's connection. */
        void crash() {
            log.add(now / MILLIS + " " + name + " crashes");
            election = null;
            backlog.clear();
            portOpen = false;
            after(4 * MILLIS, () -> {
                if (election == null) {
                    hasAddress = false;
                }
            });
            Host peer = this == a() ? b() : a();
            int incarnation = starts;
            if (!cutFromA && !cutFromB && random.nextBoolean()) {
                after(20 * MILLIS, () -> {
                    if (election == null) {
                        peer.receive(local -> new Event.PeerDied(local, name, incarnation));
                    }
                });
            }
        }

        void stall(long duration) {
            log.add(now / MILLIS + " " + name + " stalls for " + duration / MILLIS);
            stalls++;
            after(duration, () -> {
                stalls--;
                if (stalls == 0) {
                    List<LongFunction<Event>> waiting = List.copyOf(backlog);
                    backlog.clear();
                    waiting.forEach(this::feed);
                }
            });
        }

        boolean isStalled() {
            return stalls > 0;
        }

        void receive(LongFunction<Event> event) {
            if (election == null) {
                return;
            }
            if (isStalled()) {
                backlog.add(event);
            } else {
                feed(event);
            }
        }

        private void feed(LongFunction<Event> made) {
            if (election == null) {
                return;
            }
            Event event = made.apply(local());
            Decision decision = election.onEvent(event);
            election = decision.next();
            if (decision.transition() != null) {
                transitions++;
                log.add(now / MILLIS + " " + name + " " + decision.transition());
            }
            if (election.epoch() < lastEpoch) {
                fail("the epoch of " + name + " fell from " + lastEpoch + " to " + election.epoch());
            }
            lastEpoch = election.epoch();
            decision.effects().forEach(this::carryOut);
        }

        private void carryOut(Effect effect) {
            int mine = starts;
            if (effect instanceof Effect.SetLease lease) {
                leaseUntilLocal = lease.untilNanos();
                holdUntil = now + Math.min(SILENCE, Math.max(0, lease.untilNanos() - local()));
            } else if (effect instanceof Effect.ClaimAddress claim) {
                boolean fails = random.nextDouble() < claimFailure;
                after(delay(), () -> runIf(mine, () -> claimed(claim.epoch(), fails)));
            } else if (effect instanceof Effect.ReleaseAddress release) {
                after(
                        delay() + 2 * maxDelay,
                        () -> runIf(mine, () -> {
                            hasAddress = false;
                            receive(local -> new Event.AddressReleased(local, release.epoch()));
                        }));
            } else if (effect instanceof Effect.OpenPort open) {
                portOpen = true;
                after(delay(), () -> runIf(mine, () -> receive(local -> new Event.PortOpened(local, open.epoch()))));
            } else if (effect instanceof Effect.ClosePort close) {
                portOpen = false;
                after(delay(), () -> runIf(mine, () -> receive(local -> new Event.Drained(local, close.epoch()))));
            } else if (effect instanceof Effect.SendHeartbeat beat) {
                transmit(this, beat.heartbeat());
            } else if (effect instanceof Effect.SendSupport support) {
                transmit(this, support.support());
            } else if (effect instanceof Effect.SendResign resign) {
                transmit(this, resign.resign());
            } else if (effect instanceof Effect.SwitchoverDone done) {
                switchover = done.line();
            } else if (effect instanceof Effect.SwitchoverFailed failed) {
                switchover = "failed: " + failed.why();
            } else if (effect instanceof Effect.Say say) {
                log.add(now / MILLIS + " " + name + " says: " + say.line());
            } else if (effect instanceof Effect.Stopped) {
                if (hasAddress && !election.mayHaveAddress()) {
                    after(4 * MILLIS, () -> hasAddress = false);
                }
            }
        }

        private void claimed(long epoch, boolean fails) {
            if (fails) {
                receive(local -> new Event.ClaimFailed(local, epoch, "RTNETLINK answers: no"));
            } else if (holdUntil - now > 0) {
                hasAddress = true;
                receive(local -> new Event.AddressClaimed(local, epoch));
            }
        }

        boolean isActive() {
            return election != null && election.role() == Role.ACTIVE;
        }

        /** Serves a client: its own lease says so, the port is open and the address is there. */
        boolean serves() {
            return election != null && hasAddress && portOpen && leaseUntilLocal - local() > 0 && !isStalled();
        }

        private void check() {
            if (hasAddress && election != null && now - holdUntil >= 0) {
                hasAddress = false; // the guard heard nothing for too long
                receive(local -> new Event.AddressLost(local, "silence"));
            }
            if (isActive()
                    && election.activeNode() != null
                    && election.activeNode().equals(name)) {
                if (election.leaseRemainingNanos(local()) == 0
                        && !isStalled()
                        && local() - leaseUntilLocal > 2 * TICK) {
                    fail(name + " is active without a lease");
                }
            }
        }

        @Override
        public String toString() {
            return String.valueOf(election) + (hasAddress ? " VIP" : "") + (portOpen ? " open" : "");
        }
    }
}
