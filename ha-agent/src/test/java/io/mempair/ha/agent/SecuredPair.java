package io.mempair.ha.agent;

import static org.awaitility.Awaitility.await;

import io.mempair.ha.certificate.CertificateFolder;
import io.mempair.ha.config.Profile;
import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two node processes on two hosts whose channel is secured, and secrets of strangers. */
abstract class SecuredPair {

    static final String STRANGER = "10.91.0.3";

    @TempDir
    Path files;

    final List<ChildJvm> children = new ArrayList<>();
    Namespaces hosts;
    ChildJvm a;
    ChildJvm b;

    @BeforeEach
    void makeHostsAndSecrets() throws IOException {
        hosts = new Namespaces();
        hosts.add("b", STRANGER + "/24");
        new CertificateFolder(files.resolve("pair"), new SystemClock()).add(List.of("a", "b"));
        new CertificateFolder(files.resolve("other"), new SystemClock()).add(List.of("c"));
        Files.writeString(files.resolve("pair.key"), "of the pair, 24 bytes...");
        Files.writeString(files.resolve("other.key"), "of others, 24 bytes.....");
    }

    @AfterEach
    void removeHosts() {
        children.forEach(ChildJvm::close);
        hosts.close();
    }

    final ChildJvm node(String name, String own, String peer, String security) throws IOException {
        String how = switch (security) {
            case "tls" -> "tls:" + files.resolve("pair");
            case "key" -> "key:" + files.resolve("pair.key");
            case "other tls" -> "tls:" + files.resolve("other");
            case "other key" -> "key:" + files.resolve("other.key");
            default -> security;
        };
        ChildJvm node = new ChildJvm(
                hosts.name(name.equals("a") ? "a" : "b"),
                NodeMain.class,
                name,
                name.equals("a") ? "200" : "100",
                own,
                peer,
                Profile.DEFAULT.name(),
                how);
        children.add(node);
        return node;
    }

    final void startPair(String security) throws IOException {
        a = node("a", "10.91.0.1", "10.91.0.2", security);
        await().atMost(Duration.ofSeconds(20)).until(() -> a.hasSaid("-> ACTIVE"));
        b = node("b", "10.91.0.2", "10.91.0.1", security);
        await().atMost(Duration.ofSeconds(20)).until(() -> b.hasSaid("-> STANDBY"));
        await().atMost(Duration.ofSeconds(20)).until(() -> b.hasSaid("|1] (2)") || b.hasSaid("(2) ["));
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(10))
                .until(() -> hosts.carries("a") && !hosts.carries("b"));
    }

    /** Every transition and every view both nodes have seen. */
    final List<String> events() {
        return List.of(a, b).stream()
                .flatMap(node -> node.lines.stream())
                .filter(line -> line.contains("CrashWatch: view") || line.contains("epoch="))
                .toList();
    }

    final long refusals(ChildJvm node) {
        return node.lines.stream()
                .filter(line -> line.contains("refused a connection"))
                .count();
    }
}
