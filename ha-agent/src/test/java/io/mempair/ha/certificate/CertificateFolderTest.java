package io.mempair.ha.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFolderTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path temp;

    private static CertificateFolder folder(Path path, Instant now) {
        return new CertificateFolder(path, new Clock() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public long wallMillis() {
                return now.toEpochMilli();
            }

            @Override
            public long hostMillis() {
                return 0;
            }

            @Override
            public void pause(Duration duration) {
                throw new AssertionError("nothing here waits");
            }
        });
    }

    private TlsIdentity read(Path path, String name) {
        return TlsIdentity.read("certificate", path.resolve(name + ".pem"), "key", path.resolve(name + "-key.pem"));
    }

    private static void requirePath(TlsIdentity node, TlsIdentity authority, Instant at) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.chain().get(0));
        PKIXParameters parameters = new PKIXParameters(trusted);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(node.chain()), parameters);
    }

    @Test
    void everyNodesCertificateLeadsToTheAuthorityForTenYears() throws Exception {
        Path certs = temp.resolve("new/certs");

        List<Path> written = folder(certs, NOW).add(List.of("a", "b"));

        assertThat(written).hasSize(6).allMatch(Files::isRegularFile);
        TlsIdentity authority = read(certs, "ca");
        for (String name : List.of("a", "b")) {
            TlsIdentity node = read(certs, name);
            requirePath(node, authority, NOW.minus(Duration.ofHours(20)));
            requirePath(node, authority, NOW.plus(Duration.ofDays(3_650)));
            X509Certificate certificate = node.chain().get(0);
            assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=" + name);
            assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
            assertThat(certificate.getKeyUsage()).startsWith(true, false, false, false, false, false);
            assertThat(certificate.getExtendedKeyUsage())
                    .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"); // server, client
        }
        assertThat(authority.chain().get(0).getBasicConstraints()).isZero();
        assertThat(authority.chain().get(0).getKeyUsage()[5])
                .as("signs certificates")
                .isTrue();
    }

    @Test
    void keysAreTheOwnersOnly() throws IOException {
        folder(temp, NOW).add(List.of("a"));

        for (String name : List.of("a", "ca")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve(name + "-key.pem"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aNodeAddedLaterHasTheSameAuthority() throws Exception {
        folder(temp, NOW).add(List.of("a"));
        byte[] before = Files.readAllBytes(temp.resolve("ca.pem"));

        List<Path> written = folder(temp, NOW.plus(Duration.ofDays(400))).add(List.of("witness"));

        assertThat(written).hasSize(2);
        assertThat(Files.readAllBytes(temp.resolve("ca.pem"))).isEqualTo(before);
        TlsIdentity authority = read(temp, "ca");
        TlsIdentity witness = read(temp, "witness");
        requirePath(witness, authority, NOW.plus(Duration.ofDays(500)));
        assertThat(witness.chain().get(0).getNotAfter())
                .as("no longer than its authority")
                .isEqualTo(authority.chain().get(0).getNotAfter());
    }

    @Test
    void nothingIsWrittenWhenOneFileIsInTheWay() throws IOException {
        Files.writeString(temp.resolve("b-key.pem"), "precious");

        assertThatThrownBy(() -> folder(temp, NOW).add(List.of("a", "b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b-key.pem is there already");

        assertThat(temp).isDirectoryContaining("glob:**b-key.pem");
        assertThat(Files.exists(temp.resolve("a.pem"))).isFalse();
        assertThat(Files.exists(temp.resolve("ca.pem"))).isFalse();
        assertThat(Files.readString(temp.resolve("b-key.pem"))).isEqualTo("precious");
    }

    @Test
    void anAuthorityWithoutItsKeyOrPastItsEndSignsNothing() throws IOException {
        folder(temp, NOW).add(List.of("a"));

        assertThatThrownBy(() -> folder(temp, NOW.plus(Duration.ofDays(3_700))).add(List.of("b")))
                .hasMessageContaining("ended on");
        Files.delete(temp.resolve("ca-key.pem"));
        assertThatThrownBy(() -> folder(temp, NOW).add(List.of("b"))).hasMessageContaining("ca-key.pem is not there");
        assertThat(Files.exists(temp.resolve("b.pem"))).isFalse();
    }

    @Test
    void aNameIsGivenOnceAndNotTheAuthoritys() {
        assertThatThrownBy(() -> folder(temp, NOW).add(List.of("a", "a"))).hasMessageContaining("each name once");
        assertThatThrownBy(() -> folder(temp, NOW).add(List.of("ca"))).hasMessageContaining("none is 'ca'");
    }
}
