package io.mempair.ha.election;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * Elections on simulated hosts, and a network between them that loses, delays, doubles and cuts, in each direction by itself.
 * One seed decides everything. After every single thing that happens the invariants are checked: with a witness never
 * two valid leases; an address only with a lease, or for as long as a stuck guard leaves it to the kernel; epochs that never
 * fall; and nobody who serves without the newest state of the servers that counted as known and that two members have.
 */
final class Simulation {

    static final long MILLIS = 1_000_000;
    static final long HEARTBEAT = 100 * MILLIS;
    static final long LEASE = 700 * MILLIS;
    static final long INIT = 1_500 * MILLIS;
    private static final int SHOWN_LINES = 80;

    private record Due(long at, long order, Runnable what) {}

    private record Way(SimulatedHost from, SimulatedHost to) {}

    private final Random random;
    private final Policy policy;
    private final PriorityQueue<Due> world =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private final Set<Way> cuts = new HashSet<>();

    /** The newest state on which an answer to a client was based. */
    private StateVersion relied = StateVersion.NONE;

    /** Whether a node began a reign without that. */
    private boolean forgotten;

    private final Map<Way, Long> slow = new HashMap<>();

    /** The nodes, and after them the witness if there is one. */
    final List<SimulatedHost> hosts = new ArrayList<>();

    final List<String> log = new ArrayList<>();
    long now;
    private long order;
    private long steps;

    /** What the network and the hosts do wrong; all zero in a quiet period. */
    double loss;

    double doubling;

    /** How many messages come once more, after seconds, whoever was started again meanwhile. */
    double holdingBack;

    long maxDelay = 2 * MILLIS;
    double claimFailure;

    private Simulation(long seed, Policy policy) {
        this.random = new Random(seed);
        this.policy = policy;
        hosts.add(new SimulatedHost(this, "a", 200, policy));
        hosts.add(new SimulatedHost(this, "b", 100, policy));
        if (policy.witnessed()) {
            hosts.add(new SimulatedHost(this, "w", 1, Policy.WITNESS));
        }
    }

    /** Two or three hosts that start within 0.3 s. */
    static Simulation started(long seed, Policy policy) {
        Simulation simulation = new Simulation(seed, policy);
        simulation.hosts.forEach(host -> simulation.after(simulation.random.nextInt(300) * MILLIS, host::start));
        return simulation;
    }

    SimulatedHost a() {
        return hosts.get(0);
    }

    SimulatedHost b() {
        return hosts.get(1);
    }

    SimulatedHost w() {
        return hosts.get(2);
    }

    List<SimulatedHost> nodes() {
        return hosts.subList(0, 2);
    }

    SimulatedHost other(SimulatedHost node) {
        return node == a() ? b() : a();
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
            Due due = world.poll();
            now = due.at();
            due.what().run();
            steps++;
            hosts.forEach(SimulatedHost::check);
            checkLeases();
        }
        now = end;
    }

    private void checkLeases() {
        if (policy.witnessed() && a().hasLease() && b().hasLease()) {
            fail("two valid leases");
        }
        boolean explained = a().guardStuckNow() || b().guardStuckNow() || !policy.witnessed();
        if (a().hasAddress && b().hasAddress && !explained) {
            fail("two have the address, and no guard is stuck");
        }
    }

    void fail(String what) {
        throw new AssertionError(what + " at step " + steps + ' ' + story());
    }

    /** For the message of an assertion. */
    String story() {
        int from = Math.max(0, log.size() - SHOWN_LINES);
        return "after " + now / MILLIS + " ms: " + hosts + '\n' + String.join("\n", log.subList(from, log.size()));
    }

    void note(String line) {
        log.add(now / MILLIS + " " + line);
    }

    /** What {@code from} says is not heard by {@code to} any more; the other direction is another matter. */
    void cut(SimulatedHost from, SimulatedHost to) {
        note("cut " + from.name + " -> " + to.name);
        cuts.add(new Way(from, to));
    }

    /** What {@code from} says reaches {@code to} so much later than it would, always; nothing overtakes on that way. */
    void slowDown(SimulatedHost from, SimulatedHost to, long delay) {
        note("slow " + from.name + " -> " + to.name + " by " + delay / MILLIS);
        slow.put(new Way(from, to), delay);
    }

    void cutBothWays(SimulatedHost one, SimulatedHost other) {
        cut(one, other);
        cut(other, one);
    }

    /** The whole network of one host, its tie-breaker included. */
    void isolate(SimulatedHost host) {
        hosts.stream().filter(other -> other != host).forEach(other -> cutBothWays(host, other));
        host.tieBreakerAway = true;
    }

    void mendCuts() {
        cuts.clear();
        slow.clear();
        nodes().forEach(node -> node.tieBreakerAway = false);
    }

    boolean isCut(SimulatedHost from, SimulatedHost to) {
        return cuts.contains(new Way(from, to));
    }

    void transmit(SimulatedHost from, Message message) {
        hosts.stream().filter(to -> to != from).forEach(to -> transmit(from, to, message));
    }

    void transmit(SimulatedHost from, String to, Message message) {
        hosts.stream().filter(host -> host.name.equals(to)).forEach(host -> transmit(from, host, message));
    }

    private void transmit(SimulatedHost from, SimulatedHost to, Message message) {
        if (isCut(from, to) || (random.nextDouble() < loss && !(message instanceof Message.Resign))) {
            return;
        }
        int copies = random.nextDouble() < doubling ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            to.hearsAfter(delay() + slow.getOrDefault(new Way(from, to), 0L), message);
        }
        if (random.nextDouble() < holdingBack) {
            after((500 + random.nextInt(5_500)) * MILLIS, () -> to.hears(message));
        }
        if (recording) {
            recorded.add(new Sent(to, message));
        }
    }

    /** A message about the servers' state; the network treats it as any other. */
    void transmitState(SimulatedHost from, SimulatedHost to, Runnable arrives) {
        if (!isCut(from, to) && random.nextDouble() >= loss) {
            after(delay() + slow.getOrDefault(new Way(from, to), 0L), arrives);
        }
    }

    /** A client was answered because this state counted as known. */
    void reliedOn(StateVersion version) {
        relied = version.isNewerThan(relied) ? version : relied;
    }

    /** The newest state on which an answer to a client was based. */
    StateVersion relied() {
        return relied;
    }

    /** What two members still have is not forgotten by the node that serves next. */
    void checkState(SimulatedHost begins) {
        forgotten |= relied.isNewerThan(begins.kept());
        long holders = hosts.stream()
                .filter(host -> host.election != null && !relied.isNewerThan(host.kept()))
                .count();
        if (policy.witnessed() && relied.isNewerThan(begins.kept()) && holders >= 2) {
            fail(begins.name + " begins with " + begins.kept() + " although " + relied + " was relied on");
        }
    }

    /** It serves, with all that was relied on in earlier reigns. */
    void expectKnowing(SimulatedHost serves) {
        if (forgotten) {
            fail(serves.name + " serves without a state that was relied on");
        }
    }

    /** Whether the nodes hand connections over; set before they start. */
    boolean handover;

    /** How many requests of each client were executed; a client that connects again is another one. */
    final Map<Integer, Integer> executed = new HashMap<>();

    /** Hand-overs after which the target served. */
    int moved;

    private long lastNumber;

    long nextNumber() {
        return ++lastNumber;
    }

    private record Sent(SimulatedHost to, Message message) {}

    private final List<Sent> recorded = new ArrayList<>();
    private boolean recording;

    /** From here the network keeps a copy of every message, until {@link #sendAgain}. */
    void record() {
        recording = true;
    }

    /** Has {@code to} hear everything once more that {@code from} sent to it, in that order, within this time. */
    void sendAgain(SimulatedHost from, SimulatedHost to, long duration) {
        recording = false;
        List<Sent> old = recorded.stream()
                .filter(sent -> sent.to() == to && sent.message().from().equals(from.name))
                .toList();
        note(old.size() + " old messages of " + from.name + " reach " + to.name);
        for (int i = 0; i < old.size(); i++) {
            Message message = old.get(i).message();
            after(duration * i / old.size(), () -> to.hears(message));
        }
        recorded.clear();
    }

    long delay() {
        return 50_000 + (long) (random.nextDouble() * maxDelay);
    }

    int transitions() {
        return a().transitions + b().transitions;
    }

    long activeNodes() {
        return nodes().stream().filter(SimulatedHost::isActive).count();
    }

    long servingNodes() {
        return nodes().stream().filter(SimulatedHost::serves).count();
    }
}
