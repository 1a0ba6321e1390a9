package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The package without a runtime, on the Java of a host that boots systemd: a witness, a proxy, and an update of that Java. */
@Tag("timed")
@Tag("root")
@Timeout(900)
class WitnessPackageIT {

    @RegisterExtension
    private final Lab lab = new Lab();

    @TempDir
    private Path folder;

    private BootedHost w;

    @AfterEach
    void stop() {
        if (w != null) {
            w.stop();
        }
    }

    @Test
    void aWitnessAndAProxyRunOnTheJavaOfTheHostByTheirExamples() throws IOException {
        Path home = Files.createDirectory(folder.resolve("w"));
        Path file = Packages.withoutJava();
        Files.copy(file, home.resolve(file.getFileName()));
        w = BootedHost.boot(lab, "w", home);

        // as on a host where the start cache cannot be made: they start all the same
        w.paste("apt install ./" + file.getFileName()
                + "; systemctl stop mempair-cache; systemctl mask --runtime mempair-cache");
        for (String what : List.of("witness", "proxy")) {
            w.paste("cp /usr/share/doc/mempair/examples/" + what + ".yaml /etc/mempair/; systemctl start mempair-"
                    + what);
        }

        lab.until(
                "the witness says what it does",
                () -> w.property("mempair-witness", "StatusText").equals("votes, epoch 0, hears 0 of the nodes"));
        assertThat(w.run("mempair", "status").orFail()).contains("w (this one)  witness");
        lab.until(
                "the proxy says what it does",
                () -> w.property("mempair-proxy", "StatusText").equals("serves alone, 0 of 2 servers up"));
        w.paste("systemctl reload mempair-proxy");

        // what dpkg does when it has unpacked another Java
        w.paste(
                "systemctl unmask --runtime mempair-cache;"
                        + " dpkg-trigger --by-package=openjdk-17-jre-headless --no-await /usr/lib/jvm; dpkg --configure --pending");
        lab.until(
                "the start cache is being made",
                () -> w.property("mempair-cache", "ActiveState").equals("activating"));
        byTheArchive();
    }

    /** As on another distribution: the commands of the archive's README, in place of the package. */
    private void byTheArchive() throws IOException {
        w.paste("apt purge -y mempair-nojre; deluser --quiet mempair; rm -rf /etc/mempair");
        Path archive = Packages.archive();
        Files.copy(archive, w.folder().resolve(archive.getFileName()));
        String readMe = Files.readString(Path.of("package/archive/README"));
        w.paste(readMe.lines().filter(line -> line.startsWith("  ")).collect(Collectors.joining("\n")));

        assertThat(w.run("mempair", "--version").orFail()).startsWith("mempair ");
        assertThat(w.run("mempair", "check-config", "/etc/mempair/mempair.yaml").err())
                .contains("/etc/mempair/mempair.yaml:");
        w.paste(
                "systemctl mask --runtime mempair-cache;"
                        + " cp /usr/lib/mempair/share/doc/mempair/examples/witness.yaml /etc/mempair/; systemctl start mempair-witness");
        lab.until(
                "the witness votes",
                () -> w.property("mempair-witness", "StatusText").startsWith("votes, epoch "));
    }
}
