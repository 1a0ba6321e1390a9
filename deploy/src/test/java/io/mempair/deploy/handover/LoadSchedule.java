package io.mempair.deploy.handover;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** An open loop: requests are due at a rate, whatever waits. Half of them come in bursts, some in two parts. One thread. */
final class LoadSchedule {

    private static final int BURST_MOST = 4;
    private static final int IN_PARTS_PERCENT = 5;
    private static final long PART_NANOS = 5_000_000;

    /** Bytes; a client that reads slowly asks for no more while so much is owed to it. */
    private static final long SLOW_OWED = 300_000;

    private static final long OWED = 3_000_000;

    private final long intervalNanos;
    private final SplittableRandom random;
    private long dueNanos;

    /** @param rate  requests a second */
    LoadSchedule(int rate, long seed) {
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / rate;
        this.random = new SplittableRandom(seed);
    }

    void begin(long nowNanos) {
        dueNanos = nowNanos;
    }

    /** Asks what is due, of any of these clients; returns those that have something to send. */
    List<LoadConnection> ask(List<LoadConnection> clients, long nowNanos) {
        List<LoadConnection> asked = new ArrayList<>();
        if (clients.isEmpty()) {
            dueNanos = nowNanos; // nobody could ask meanwhile
        }
        while (dueNanos - nowNanos <= 0 && !clients.isEmpty()) {
            int burst = random.nextBoolean() ? 1 : 1 + random.nextInt(BURST_MOST);
            LoadConnection client = clients.get(random.nextInt(clients.size()));
            if (client.owedBytes() <= (client.isSlow() ? SLOW_OWED : OWED)) {
                ask(client, burst);
                asked.add(client);
            }
            dueNanos += burst * intervalNanos;
        }
        return asked;
    }

    private void ask(LoadConnection client, int burst) {
        for (int i = 0; i < burst; i++) {
            boolean largest = client.isSlow() && random.nextBoolean();
            client.ask(
                    largest
                            ? client.conversation().readLargest()
                            : client.conversation().next(random),
                    dueNanos);
        }
        if (random.nextInt(100) < IN_PARTS_PERCENT) {
            client.holdRest(dueNanos + PART_NANOS);
        }
    }
}
