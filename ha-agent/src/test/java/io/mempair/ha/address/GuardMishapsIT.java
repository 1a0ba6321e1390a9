package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guard that hangs, an interface that changes, and addresses of others, against the real kernel. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class GuardMishapsIT {

    private static final String OWN = "10.91.0.1/24";
    private static final String VIRTUAL = Namespaces.VIP + "/24";

    private Namespaces hosts;
    private ChildJvm node;
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor();

    @BeforeEach
    void makeHosts() {
        hosts = new Namespaces();
    }

    private void startNode() throws IOException {
        node = new ChildJvm(hosts.name("a"), GuardMain.class);
        guardPid();
        renewals.scheduleAtFixedRate(this::renew, 0, 50, TimeUnit.MILLISECONDS);
    }

    private void renew() {
        try {
            synchronized (this) {
                node.say("lease 60000");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the end of the test
        }
    }

    private synchronized void say(String line) {
        try {
            node.say(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stopNode() throws InterruptedException {
        renewals.shutdownNow();
        assertThat(renewals.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        node.close();
        hosts.close();
    }

    private void until(String what, java.util.concurrent.Callable<Boolean> holds) {
        await().alias(what)
                .pollInterval(Duration.ofMillis(20))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(20))
                .until(holds);
    }

    /** As the election does, again and again: on a busy host the lease may be over before the guard comes to it. */
    private void claim(int epoch) {
        await().alias("claimed " + epoch)
                .pollInterval(Duration.ofMillis(500))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    say("claim " + epoch);
                    return node.hasSaid("claimed " + epoch) && hosts.carries("a");
                });
    }

    private void release(int epoch) {
        say("release " + epoch);
        until("released", () -> node.hasSaid("released " + epoch));
    }

    /** The guard that runs; asks until there is one. */
    private long guardPid() {
        return otherGuardThan(0);
    }

    private long otherGuardThan(long pid) {
        int said = node.lines.size();
        String old = "pid " + pid;
        until("a guard, and not " + pid, () -> {
            say("pid");
            return node.lines.stream().skip(said).anyMatch(line -> isGuard(line) && !line.equals(old));
        });
        return node.lines.stream()
                .skip(said)
                .filter(line -> isGuard(line) && !line.equals(old))
                .mapToLong(line -> Long.parseLong(line.substring(4)))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isGuard(String line) {
        return line.matches("pid [1-9]\\d*");
    }

    private boolean hasOwn() {
        return hosts.on("a", "ip", "-o", "-4", "addr", "show", "dev", "eth0").contains(" " + OWN + " ");
    }

    @Test
    void aGuardThatHangsWhileItHoldsNothingIsReplacedAndTheNextClaimWorks() throws IOException {
        startNode();
        long hanging = guardPid();

        ChildJvm.signal("STOP", hanging);

        otherGuardThan(hanging);
        until("the old one is gone", () -> !Files.exists(Path.of("/proc/" + hanging)));
        claim(1);
        assertThat(hosts.carries("a")).isTrue();
    }

    @Test
    void aGuardThatHangsWhileItHoldsTheAddressIsReplacedAndToldAsALoss() throws IOException {
        startNode();
        claim(1);
        long hanging = guardPid();

        ChildJvm.signal("STOP", hanging);

        until("it is told", () -> node.hasSaid("lost the guard no longer replied and was killed"));
        claim(2);
        assertThat(hosts.carries("a")).isTrue();
        assertThat(guardPid()).isNotEqualTo(hanging);
        assertThat(Path.of("/proc/" + hanging)).doesNotExist();
    }

    @Test
    void aGuardThatHangsAWhileAfterAnotherIsReplacedAtOnceToo() throws IOException {
        startNode();
        long first = guardPid();
        ChildJvm.signal("STOP", first);
        long second = otherGuardThan(first);
        await().pollInterval(Duration.ofMillis(200))
                .during(Duration.ofMillis(3_500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> guardPid() == second);

        ChildJvm.signal("STOP", second);

        otherGuardThan(second);
        assertThat(node.hasSaid("one after the other")).isFalse();
    }

    @Test
    void guardsThatHangOneAfterTheOtherAreToldAsAProblem() throws IOException {
        startNode();
        long first = guardPid();
        ChildJvm.signal("STOP", first);
        ChildJvm.signal("STOP", otherGuardThan(first));

        until("it is a problem", () -> {
            say("problems");
            return node.hasSaid("problems [the guard cannot be started")
                    && node.hasSaid("one guard after the other stops replying");
        });
        claim(1);
    }

    @Test
    void theGuardAfterOneThatHungIsNotBlamedForItsSilence() throws IOException {
        startNode();
        claim(1);
        long hanging = guardPid();

        ChildJvm.signal("STOP", hanging);
        long next = otherGuardThan(hanging);

        await().pollInterval(Duration.ofMillis(100))
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> guardPid() == next);
    }

    @Test
    void aReleaseThatAHangingGuardWasAskedForIsAnsweredByTheNext() throws IOException {
        startNode();
        claim(1);
        long hanging = guardPid();

        ChildJvm.signal("STOP", hanging);
        say("release 1");

        until("released", () -> node.hasSaid("released 1"));
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void anAddressThatThisHostGotAfterTheVirtualOneStaysWhenThatGoes() throws IOException {
        hosts.on("a", "ip", "addr", "del", OWN, "dev", "eth0");
        startNode();
        claim(1);

        hosts.add("a", OWN);
        release(1);

        assertThat(hasOwn()).isTrue();
        hosts.on("a", "arping", "-q", "-f", "-w", "10", "-I", "eth0", "10.91.0.2");
    }

    @Test
    void anAddressOfThisHostThatWasAwayForAMomentStaysWhenTheVirtualOneGoes() throws IOException {
        startNode();
        claim(1);

        hosts.on("a", "ip", "addr", "del", OWN, "dev", "eth0");
        until("it is noticed", () -> hosts.carries("a"));
        hosts.add("a", OWN);
        release(1);

        assertThat(hasOwn()).isTrue();
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void theKernelThatEndsTheAddressTakesNoOtherAlong() throws IOException {
        hosts.on("a", "ip", "addr", "del", OWN, "dev", "eth0");
        startNode();
        claim(1);
        long guard = guardPid();

        hosts.add("a", OWN);
        ChildJvm.signal("STOP", node.pid());
        ChildJvm.signal("KILL", guard);

        until("the kernel removed it", () -> !hosts.carries("a"));
        assertThat(hasOwn()).isTrue();
        node.signal("CONT");
    }

    @Test
    void anInterfaceThatWasMadeAnewIsClaimedAtOnce() throws IOException {
        startNode();
        claim(1);
        release(1);

        hosts.recreate();
        claim(2);

        assertThat(hosts.carries("a")).isTrue();
        release(2);
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void anInterfaceThatGotTheNameOfAnotherIsTheOneThatIsClaimed() throws IOException {
        startNode();
        claim(1);
        release(1);

        hosts.on("a", "ip", "link", "set", "eth0", "name", "old0");
        hosts.on("a", "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other0");
        hosts.on("a", "ip", "link", "set", "eth0", "up");

        until("claimed on the new one", () -> {
            say("claim 2");
            return hosts.carries("a");
        });
    }

    @Test
    void anAddressThatIsToLastIsLeftAloneAndNamedUntilItIsGone() throws IOException {
        hosts.add("a", VIRTUAL);
        startNode();

        until("it is named", () -> {
            say("problems");
            return node.hasSaid("problems [virtual-address.address: " + VIRTUAL + " is on eth0, and not by mempair");
        });
        say("release 0");
        until("released", () -> node.hasSaid("released 0"));
        say("claim 1");
        until("refused", () -> node.hasSaid("failed 1 " + Namespaces.VIP + " is on eth0 already"));
        assertThat(hosts.on("a", "ip", "-o", "addr", "show", "to", VIRTUAL)).contains("valid_lft forever");

        hosts.on("a", "ip", "addr", "del", VIRTUAL, "dev", "eth0");

        until("it is forgotten", () -> {
            int said = node.lines.size();
            say("problems");
            return node.lines.stream().skip(said).anyMatch("problems []"::equals);
        });
        claim(2);
    }
}
