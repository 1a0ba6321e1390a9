package io.mempair.deploy.chaos;

import io.mempair.deploy.faults.AddressWatch;
import io.mempair.deploy.faults.FaultFailure;
import io.mempair.deploy.faults.LabShell;
import io.mempair.deploy.faults.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The program behind {@code deploy/chaos.sh SECONDS SEED}. It runs on the client's host of a lab that is up: a pair with a witness and
 * two copies, clients that verify every answer, clients that misbehave, and faults of servers, nodes and network drawn from the
 * seed. What must hold: no lie, never two nodes that hold the address but for the kernel's lifetime of it, no time without an
 * answer over the bound, memory within what the flags allow, no node that ends by itself.
 */
public final class ChaosSoak {

    private static final int CUSTOMERS = 6;
    private static final int ABUSERS = 2;

    /** What is longest without an answer by design, a lost lease and an address that the kernel drops, on a slow machine. */
    private static final long MOST_SILENCE_MILLIS = Long.getLong("mempair.chaos.silence.millis", 10_000);

    /** Heap, direct memory, code and threads, as the start script gives them. */
    private static final long MOST_RESIDENT_BYTES = Long.getLong("mempair.chaos.resident.bytes", 900L << 20);

    private static final Duration QUIET = Duration.ofMillis(500);
    private static final int MOST_FAULT_MILLIS = 3_000;
    private static final int FLUSH_SECONDS = 1;

    /** memcached's clock ticks once a second, and the second copy's may be another's. */
    private static final Duration FLUSHED_AFTER = Duration.ofMillis(FLUSH_SECONDS * 1_000L + 2_500);

    private final long endNanos;
    private final SplittableRandom random;
    private final ChaosReport report = new ChaosReport();
    private final ReentrantReadWriteLock pause = new ReentrantReadWriteLock(true);
    private final List<Customer> customers = new ArrayList<>();
    private final ChaosLab lab;
    private final AddressWatch watch;
    private int rounds;

    private ChaosSoak(LabShell shell, AddressWatch watch, long seconds, long seed) {
        this.endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        this.random = new SplittableRandom(seed);
        this.watch = watch;
        this.lab = new ChaosLab(shell, watch, report);
        for (int i = 0; i < CUSTOMERS; i++) {
            customers.add(new Customer(report, ChaosLab.ADDRESS, ChaosLab.PORT, i, seed, pause));
        }
    }

    /** Arguments: the folder of deploy, a folder for files of this run, seconds, seed. */
    public static void main(String[] arguments) {
        LabShell shell = new LabShell(Path.of(arguments[0]), Path.of(arguments[1]), "default");
        long seconds = Long.parseLong(arguments[2]);
        long seed = Long.parseLong(arguments[3]);
        try (AddressWatch watch = new AddressWatch(shell.watch(), ChaosLab.ADDRESS)) {
            watch.awaitReady();
            System.exit(new ChaosSoak(shell, watch, seconds, seed).run() ? 0 : 1);
        }
    }

    private boolean run() {
        long fromMicros = AddressWatch.nowMicros();
        List<RandomAbuser> abusers = new ArrayList<>();
        try {
            lab.start();
            report.goesOn();
            customers.forEach(Customer::start);
            for (int i = 0; i < ABUSERS; i++) {
                abusers.add(new RandomAbuser(ChaosLab.ADDRESS, ChaosLab.PORT, random.nextLong()));
            }
            abusers.forEach(RandomAbuser::start);
            while (System.nanoTime() - endNanos < 0 && report.lies().isEmpty()) {
                round();
            }
        } catch (FaultFailure e) {
            report.lie("the pair does not come back: " + e.getMessage());
            System.err.println(lab.status());
        }
        abusers.forEach(RandomAbuser::close);
        customers.forEach(Customer::close);
        report.during("last read");
        customers.forEach(customer -> customer.readAll(20));
        return verdict(watch.bothHeldSince(fromMicros));
    }

    private void round() {
        rounds++;
        ChaosFault fault = ChaosFault.ALL.get(random.nextInt(ChaosFault.ALL.size()));
        String host = switch (fault.target()) {
            case SERVER -> ChaosLab.SERVERS.get(random.nextInt(2));
            case NODE -> random.nextInt(4) == 0 ? standby() : lab.active();
            case PAIR -> lab.active();
        };
        String what = rounds + " " + fault + ' ' + host;
        report.during(what);
        System.err.println(what + "; " + report);
        if (fault == ChaosFault.FLUSH) {
            flush();
        } else {
            if (fault.target() == ChaosFault.ChaosTarget.SERVER) {
                lab.awaitSettled(); // on a busy machine the other server may have failed since, and two are one
                // too many
            }
            lab.inject(fault, host);
            Waiting.last(Duration.ofMillis(random.nextInt(MOST_FAULT_MILLIS)));
            if (fault.target() == ChaosFault.ChaosTarget.SERVER && random.nextInt(3) == 0) {
                inTheMiddle(what);
            }
            lab.look();
            lab.mend(fault, host);
        }
        lab.awaitSettled();
        lab.requireRunning();
        Waiting.last(QUIET);
    }

    /** A node is lost while a server is, so that the other must know what that server missed. */
    private void inTheMiddle(String what) {
        String active = lab.active();
        report.during(what + ", NODE_KILL " + active);
        System.err.println("   and NODE_KILL " + active);
        lab.inject(ChaosFault.NODE_KILL, active);
        Waiting.last(Duration.ofMillis(random.nextInt(MOST_FAULT_MILLIS)));
        lab.restart(active);
    }

    private String standby() {
        return lab.active().equals("a") ? "b" : "a";
    }

    /** Everything is to be gone when it is due, also on a server that was away when it was said. */
    private void flush() {
        String host = ChaosLab.SERVERS.get(random.nextInt(2));
        ChaosFault fault = random.nextBoolean() ? ChaosFault.SERVER_KILL : ChaosFault.SERVER_CUT;
        boolean away = random.nextBoolean();
        pause.writeLock().lock();
        try {
            if (away) {
                report.during("flush while " + fault + ' ' + host);
                lab.inject(fault, host);
            }
            sayFlush();
            if (away) {
                lab.mend(fault, host);
            }
            Waiting.last(FLUSHED_AFTER);
            customers.forEach(Customer::forgetAll);
        } finally {
            report.goesOn();
            pause.writeLock().unlock();
        }
    }

    private void sayFlush() {
        Waiting.until("flush_all is acknowledged", Duration.ofSeconds(60), () -> {
            try (TextConnection connection = new TextConnection(ChaosLab.ADDRESS, ChaosLab.PORT)) {
                return connection.ask("flush_all " + FLUSH_SECONDS + "\r\n").equals("OK");
            } catch (IOException e) {
                return false;
            }
        });
    }

    private boolean verdict(Duration bothHeld) {
        List<String> broken = new ArrayList<>(report.lies());
        if (report.longestSilenceMillis() > MOST_SILENCE_MILLIS) {
            broken.add("no answer for " + report.longestSilenceMillis() + " ms [" + report.silentDuring()
                    + "] (at most " + MOST_SILENCE_MILLIS + ')');
        }
        if (report.mostResidentBytes() > MOST_RESIDENT_BYTES) {
            broken.add(report.mostResidentBytes() + " bytes of memory (at most " + MOST_RESIDENT_BYTES + ')');
        }
        if (report.answers() == 0) {
            broken.add("no answer at all");
        }
        System.out.println(
                rounds + " rounds, " + report + ", both held the address for " + bothHeld.toMillis() + " ms");
        broken.forEach(line -> System.out.println("BROKEN " + line));
        System.out.println(broken.isEmpty() ? "holds" : "DOES NOT HOLD");
        lab.stop();
        return broken.isEmpty();
    }
}
