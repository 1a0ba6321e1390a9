package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code docs/operating/quick-start.md} and {@code install.md}, pasted on two hosts that boot systemd: from nothing to a
 * pair that serves, and what an operator does with it afterwards, until it is purged.
 */
@Tag("timed")
@Tag("root")
@Timeout(1200)
class QuickStartIT {

    /** On two processors of the machine that {@link Yardstick} knows, that is less than two minutes, whatever else it does. */
    private static final Duration MOST_PROCESSOR_TIME = Duration.ofMinutes(2);

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

    @RegisterExtension
    private final Lab lab = new Lab();

    @TempDir
    private Path folder;

    private BootedHost a;
    private BootedHost b;
    private String packageInText;
    private String packageHere;

    private BootedHost boot(String host) throws IOException {
        Path home = Files.createDirectory(folder.resolve(host));
        Files.copy(Packages.usual(), home.resolve(packageHere));
        return BootedHost.boot(lab, host, home);
    }

    @AfterEach
    void stop() {
        for (BootedHost host : new BootedHost[] {a, b}) {
            if (host != null) {
                host.stop();
            }
        }
    }

    @Test
    void fromNothingToAPairThatServesAndBackToNothing() throws Exception {
        var quickStart = new PastedCommands("quick-start.md");
        packageHere = Packages.usual().getFileName().toString();
        packageInText = packageHere.replaceFirst("^mempair-nojre_(.*)_all", "mempair_$1_amd64");
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        a = boot("a");
        b = boot("b");

        fromNothing(quickStart);
        asAUnitPromises();
        switchover(quickStart);
        reload();
        killedAndHung();
        aMistakeInTheFile();
        upgrade(new PastedCommands("install.md"));
        purge(new PastedCommands("install.md"));
        byAnsible();
    }

    private void fromNothing(PastedCommands quickStart) {
        Instant began = Instant.now();
        Duration used = a.used().plus(b.used());
        String install = onlyBlock(quickStart, "Both hosts: install");
        assertThat(install).contains(packageInText);
        onBoth(host -> host.paste(install.replace(packageInText, packageHere)));
        a.paste(onlyBlock(quickStart, "The first host: configure and start"));
        b.paste(onlyBlock(quickStart, "The second host: configure and start"));
        BootedHost active = active();

        List<String> see = quickStart.under("See that it serves");
        assertThat(active.paste(see.get(0)))
                .contains("Status: \"active, serves, epoch ", ", 2 of 2 servers up: ")
                .contains("holds the virtual address, port open")
                .contains("io_uring");
        assertThat(lab.on("c", "bash", "-c", see.get(1)).orFail())
                .isEqualTo("STORED\r\nVALUE hello 0 5\r\nworld\r\nEND\r\n");
        used = a.used().plus(b.used()).minus(used);
        System.out.printf(
                "[quick start] with %s a pair serves after %d s, and %d s of processor time%n",
                packageHere, Duration.between(began, Instant.now()).toSeconds(), used.toSeconds());
        assertThat(used).isLessThan(Yardstick.here(MOST_PROCESSOR_TIME));
        onBoth(BootedHost::hurry);
    }

    /** The one that serves, once the other is standby. On a busy machine that may be either. */
    private BootedHost active() {
        var active = new AtomicReference<BootedHost>();
        lab.until("one serves, the other is standby", () -> {
            active.set(a.serves() ? a : b);
            return active.get().serves() && other(active.get()).isStandby();
        });
        return active.get();
    }

    private BootedHost other(BootedHost host) {
        return host == a ? b : a;
    }

    private void asAUnitPromises() {
        assertThat(exposure("mempair.service")).isLessThanOrEqualTo(2.5);
        assertThat(exposure("mempair@other.service")).isLessThanOrEqualTo(2.5);
        assertThat(exposure("mempair-proxy.service")).isLessThanOrEqualTo(2.5);
        assertThat(exposure("mempair-witness.service")).isLessThanOrEqualTo(1.5);
        assertThat(a.run("sh", "-c", "chrt -p $(pgrep -o -f '^bash -s -- ')").orFail())
                .contains("SCHED_FIFO");
        assertThat(a.run("sh", "-c", "ps -o user= -C java,bash,ip | sort -u").orFail())
                .isEqualTo("mempair\n");
        assertThat(a.run("cat", "/proc/sys/net/ipv4/conf/eth0/promote_secondaries")
                        .orFail())
                .isEqualTo("1\n");
    }

    private double exposure(String unit) {
        String report = a.run("systemd-analyze", "--no-pager", "security", unit)
                .orFail()
                .strip();
        String last = report.substring(report.lastIndexOf('\n') + 1);
        System.out.println("[exposure] " + last);
        return Double.parseDouble(last.replaceAll("^.*: ([0-9.]+) .*$", "$1"));
    }

    private void switchover(PastedCommands quickStart) {
        List<String> commands = quickStart.under("See that it serves");
        BootedHost before = active();
        before.paste(commands.get(2));
        assertThat(active()).isNotSameAs(before);

        a.paste(commands.get(3));
        assertThat(a.run("stat", "-c", "%U %a", "/etc/mempair/pair.key").orFail())
                .isEqualTo("mempair 600\n");
    }

    private void reload() {
        a.paste("echo '  max-clients: 77' >> /etc/mempair/mempair.yaml; systemctl reload mempair");
        assertThat(a.run("mempair", "status").orFail()).contains("max-clients");

        a.paste("echo '  max-clent: 77' >> /etc/mempair/mempair.yaml");
        assertThat(a.run("systemctl", "reload", "mempair").exitCode()).isNotZero();
        assertThat(a.journal("mempair")).contains("unknown key (did you mean 'max-clients'?)");
        assertThat(a.property("mempair", "ActiveState")).isEqualTo("active");
        a.paste("sed -i /max-clent/d /etc/mempair/mempair.yaml; systemctl reload mempair");
    }

    /** The whole of the active node is killed, its guard too; then the one that took over hangs, until systemd misses its sign of life. */
    private void killedAndHung() {
        BootedHost killed = active();
        killed.paste("systemctl kill -s KILL mempair");
        startedAgain(killed);
        assertThat(killed.run("ip", "-o", "addr", "show", "to", Lab.VIP).orFail())
                .isEmpty();

        BootedHost hung = active();
        hung.paste("systemctl kill -s STOP --kill-whom main mempair");
        lab.until("the other one serves", other(hung)::serves);
        startedAgain(hung);
        assertThat(hung.journal("mempair")).contains("status=9/KILL");
        assertThat(hung.run("journalctl", "--no-pager", "--unit", "init.scope", "--unit", "mempair")
                        .orFail())
                .contains("Watchdog timeout (limit 10s)!");
    }

    private void startedAgain(BootedHost host) {
        lab.until(
                "it was started again",
                () -> host.property("mempair", "NRestarts").equals("1"));
        lab.until("it is standby", host::isStandby);
    }

    private void aMistakeInTheFile() {
        BootedHost host = other(active());
        host.paste("cp /etc/mempair/mempair.yaml good; echo 'proxi: {}' >> /etc/mempair/mempair.yaml");
        assertThat(host.run("systemctl", "restart", "mempair").exitCode()).isNotZero();
        assertThat(host.property("mempair", "ActiveState")).isEqualTo("failed");
        assertThat(host.property("mempair", "ExecMainStatus")).isEqualTo("2");
        assertThat(host.journal("mempair")).contains("(did you mean 'proxy'?)");
        host.paste("cp good /etc/mempair/mempair.yaml; systemctl start mempair");
        lab.until("it is standby", host::isStandby);
    }

    private void upgrade(PastedCommands install) throws IOException {
        String newer = republished("0.1.1");
        Packages.republish(Packages.usual(), "0.1.1", folder.resolve(newer));
        for (BootedHost host : List.of(a, b)) {
            Files.copy(folder.resolve(newer), host.folder().resolve(newer));
        }
        List<String> commands = install.under("Upgrade");
        BootedHost first = other(active());
        upgrade(first, commands.get(0).replace("mempair_0.1.1_amd64.deb", newer));
        upgrade(other(first), commands.get(1).replace("mempair_0.1.1_amd64.deb", newer));
        assertThat(versions()).containsOnly("0.1.1");
        assertThat(lab.throughTheAddress("version")).startsWith("VERSION");
    }

    private void upgrade(BootedHost host, String commands) {
        String before = host.property("mempair", "MainPID");
        host.paste(commands);
        assertThat(host.property("mempair", "MainPID")).isNotEqualTo(before).isNotEqualTo("0");
        lab.until("the upgraded one is standby", host::isStandby);
    }

    /** The role finds one host with nothing and one that serves, makes a pair of them by its file, and upgrades it. */
    private void byAnsible() throws IOException {
        Path installed = folder.resolve(republished("0.1.1"));
        assertThat(a.run("ls", "/usr/lib/mempair").exitCode()).isNotZero();
        assertThat(Playbook.run("site.yml", folder, installed).changed()).isPositive();
        assertThat(versions()).containsOnly("0.1.1");
        assertThat(active()).isSameAs(b);
        assertThat(a.run("cat", "/etc/mempair/mempair.yaml").orFail()).startsWith("# Written by Ansible");

        Path newer = folder.resolve(republished("0.1.2"));
        Packages.republish(Packages.usual(), "0.1.2", newer);
        Playbook.run("upgrade.yml", folder, newer);
        assertThat(versions()).containsOnly("0.1.2");
        active();
    }

    private String republished(String version) {
        return packageHere.replaceFirst("_[^_]+_", '_' + version + '_');
    }

    private List<String> versions() {
        return Stream.of(a, b)
                .map(host -> host.run("dpkg-query", "-W", "-f", "${Version}", packageHere.replaceFirst("_.*", ""))
                        .orFail())
                .toList();
    }

    private void purge(PastedCommands install) {
        String remove = onlyBlock(install, "Remove");
        a.paste(packageHere.startsWith("mempair-nojre") ? remove.replace("mempair", "mempair-nojre") : remove);

        assertThat(a.run(
                                "sh",
                                "-c",
                                "find / -xdev -path '*mempair*' ! -path '/root/*' ! -path '/proc/*'" + " ! -path '"
                                        + CHECKOUT + "/*' -newer /root/pid 2>/dev/null")
                        .out())
                .doesNotContain("/etc/systemd", "/lib/systemd", "/usr/lib/mempair", "/var/lib/mempair", "/var/cache");
        assertThat(a.run("ls", "-A", "/etc/mempair").out()).isEqualTo("pair.key\n");
        assertThat(a.run("pgrep", "-u", "mempair").out()).isEmpty();
        lab.until("the other one serves", b::serves);
        assertThat(lab.throughTheAddress("version")).startsWith("VERSION");
    }

    private static String onlyBlock(PastedCommands page, String heading) {
        List<String> blocks = page.under(heading);
        assertThat(blocks).as(heading).hasSize(1);
        return blocks.get(0);
    }

    private void onBoth(Consumer<BootedHost> work) {
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(() -> work.accept(a)),
                        CompletableFuture.runAsync(() -> work.accept(b)))
                .join();
    }
}
