package io.mempair.ha.election;

import static io.mempair.ha.election.Simulation.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** What goes wrong in a {@link Simulation}, its end, and what must be true a while after that. */
final class Trouble {

    private Trouble() {}

    /** Something, of all kinds. */
    static void strike(Simulation world) {
        Random random = world.random();
        SimulatedHost host = world.hosts.get(random.nextInt(world.hosts.size()));
        SimulatedHost node = world.nodes().get(random.nextInt(2));
        switch (random.nextInt(16)) {
            case 0 -> world.loss = random.nextDouble() * 0.6;
            case 1 -> world.maxDelay = random.nextInt(400) * MILLIS;
            case 2 ->
                world.hosts.stream()
                        .filter(other -> other != host && random.nextBoolean())
                        .forEach(other -> cutOneWay(world, host, other));
            case 3 ->
                world.hosts.stream()
                        .filter(other -> other != host && random.nextBoolean())
                        .forEach(other -> world.cutBothWays(host, other));
            case 4 -> world.isolate(host);
            case 5 -> host.stall(random.nextInt(2_500) * MILLIS);
            case 6 -> {
                host.crash();
                world.after(random.nextInt(2_000) * MILLIS, host::start);
            }
            case 7 -> world.claimFailure = random.nextDouble();
            case 8 -> world.doubling = random.nextDouble();
            case 9 -> node.stickGuard(random.nextInt(3_000) * MILLIS);
            case 10 -> world.mendCuts();
            case 11 ->
                world.hosts.stream()
                        .filter(other -> other != host)
                        .forEach(other -> world.slowDown(other, host, random.nextInt(600) * MILLIS));
            case 12 -> world.holdingBack = random.nextDouble() * 0.5;
            case 13 -> node.places(1 + random.nextInt(2));
            case 14 -> node.unfitFor(random.nextInt(3_000) * MILLIS);
            default -> node.receive(Event.SwitchoverRequested::new);
        }
    }

    private static void cutOneWay(Simulation world, SimulatedHost one, SimulatedHost other) {
        if (world.random().nextBoolean()) {
            world.cut(one, other);
        } else {
            world.cut(other, one);
        }
    }

    /** All is mended, and what waited for a back-off or a hold-down has waited long enough. */
    static void end(Simulation world) {
        world.loss = 0;
        world.doubling = 0;
        world.holdingBack = 0;
        world.nodes().forEach(node -> node.places(1));
        world.maxDelay = 2 * MILLIS;
        world.claimFailure = 0;
        world.mendCuts();
        world.runFor(3_500 * MILLIS);
        world.hosts.forEach(SimulatedHost::start);
        world.runFor(Settings.MAX_BACK_OFF_NANOS);
    }

    /** Within a bound one fit node is active, serves, and then nothing changes any more. */
    static void expectQuiet(Simulation world) {
        world.runFor(8_000 * MILLIS);
        assertThat(world.activeNodes()).as("active nodes %s", world.story()).isEqualTo(1);
        assertThat(world.nodes())
                .as("the address is where the active node is")
                .allMatch(node -> node.hasAddress == node.isActive());
        int transitions = world.transitions();
        world.runFor(5_000 * MILLIS);
        assertThat(world.transitions())
                .as("transitions in a quiet pair %s", world.story())
                .isEqualTo(transitions);
        assertThat(world.servingNodes()).as("serving %s", world.story()).isEqualTo(1);
    }
}
