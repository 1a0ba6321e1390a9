package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.certificate.CertificateFolder;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateEndTest {

    private static final long TEN_YEARS_SECONDS = Duration.ofDays(3_652).toSeconds();

    @TempDir
    private Path folder;

    private List<CertificateEnd> endsOf(String security) throws IOException, ConfigException {
        Path file = Files.writeString(folder.resolve("mempair.yaml"), """
                node: {name: a, priority: 110}
                group: {bind: 10.0.0.1, peers: [10.0.0.2]%s}
                virtual-address: {address: 10.0.0.100/24, interface: eth0}
                proxy:
                  servers: [10.0.0.21]
                """.formatted(security));
        return CertificateEnd.of(ConfigReader.readNode(file));
    }

    @Test
    void aFileWithoutCertificatesHasNone() throws Exception {
        assertThat(endsOf("")).isEmpty();
    }

    @Test
    void eachCertificateIsNamedByItsKeyAndSubject() throws Exception {
        new CertificateFolder(folder.resolve("pair"), new SystemClock()).add(List.of("a"));
        String pem = folder.resolve("pair") + "/";

        List<CertificateEnd> ends =
                endsOf(", tls-certificate: %sa.pem, tls-key: %sa-key.pem, tls-ca: %sca.pem".formatted(pem, pem, pem));

        assertThat(ends).extracting(CertificateEnd::key).containsExactly("group.tls-certificate", "group.tls-ca");
        assertThat(ends).extracting(CertificateEnd::subject).containsExactly("CN=a", "CN=mempair authority");
        assertThat(ends)
                .allSatisfy(
                        end -> assertThat(end.notAfterSeconds() - Instant.now().getEpochSecond())
                                .isBetween(TEN_YEARS_SECONDS - 600, TEN_YEARS_SECONDS + 600));
    }

    @Test
    void thatOfTheAdminFaceIsOne() throws Exception {
        new CertificateFolder(folder.resolve("pair"), new SystemClock()).add(List.of("a"));
        String admin =
                "admin: {tls-certificate: %s/a.pem, tls-key: %<s/a-key.pem%%s}\n".formatted(folder.resolve("pair"));
        Path node = Files.writeString(folder.resolve("node.yaml"), """
                node: {name: a}
                group: {bind: 10.0.0.1, peers: [10.0.0.2]}
                virtual-address: {address: 10.0.0.100/24, interface: eth0}
                proxy: {servers: [10.0.0.21]}
                """ + admin.formatted(""));
        Path witness = Files.writeString(folder.resolve("witness.yaml"), """
                node: {name: w}
                group: {bind: 10.0.0.3, peers: [10.0.0.1, 10.0.0.2]}
                """ + admin.formatted(""));
        Path alone = Files.writeString(
                folder.resolve("proxy.yaml"),
                "proxy: {servers: [10.0.0.21]}\n" + admin.formatted(", control: /run/x.sock"));

        assertThat(List.of(
                        CertificateEnd.of(ConfigReader.readNode(node)),
                        CertificateEnd.of(ConfigReader.readWitness(witness)),
                        CertificateEnd.of(ConfigReader.readProxy(alone))))
                .allSatisfy(ends -> assertThat(ends).singleElement().satisfies(end -> {
                    assertThat(end.key()).isEqualTo("admin.tls-certificate");
                    assertThat(end.subject()).isEqualTo("CN=a");
                }));
    }

    @Test
    void ofAnAuthorityThatIsBeingRenewedTheLaterEndCounts() throws Exception {
        Path both = folder.resolve("both.pem");
        for (String one : List.of("old", "new")) {
            new CertificateFolder(folder.resolve(one), new SystemClock()).add(List.of("a"));
            Files.writeString(
                    both,
                    (Files.exists(both) ? Files.readString(both) : "")
                            + Files.readString(folder.resolve(one + "/ca.pem")));
        }
        String pem = folder.resolve("old") + "/";

        assertThat(endsOf(", tls-certificate: %sa.pem, tls-key: %sa-key.pem, tls-ca: %s".formatted(pem, pem, both)))
                .filteredOn(end -> end.key().equals("group.tls-ca"))
                .hasSize(1);
    }
}
