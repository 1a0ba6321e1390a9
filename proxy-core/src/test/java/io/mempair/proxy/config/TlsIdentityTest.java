package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mempair.proxy.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsIdentityTest {

    @TempDir
    private static Path folder;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() throws IOException {
        certificates = new TestCertificates(folder);
        certificates.authority("ca");
        certificates.signed("ec", "ca", "DNS:m");
        certificates.signedRsa("rsa", "ca", "DNS:m");
        certificates.openssl(List.of(
                "genpkey", "-algorithm", "ed25519", "-out", file("ed.key").toString()));
        certificates.openssl(List.of(
                "req",
                "-x509",
                "-key",
                file("ed.key").toString(),
                "-subj",
                "/CN=ed",
                "-days",
                "30",
                "-out",
                file("ed.pem").toString()));
    }

    @Test
    void everyUsualKindOfKeyIsRead() {
        assertThat(read("ec.pem", "ec.key").key().getAlgorithm()).isEqualTo("EC");
        assertThat(read("rsa.pem", "rsa.key").key().getAlgorithm()).isEqualTo("RSA");
        assertThat(read("ed.pem", "ed.key").key().getAlgorithm()).isEqualTo("EdDSA");
    }

    @Test
    void aChainIsReadWhole() throws IOException {
        Path chain = Files.writeString(
                file("chain.pem"), "a comment\n" + Files.readString(file("ec.pem")) + Files.readString(file("ca.pem")));

        assertThat(TlsIdentity.read("tls-certificate", chain, "tls-key", file("ec.key"))
                        .chain())
                .hasSize(2);
    }

    @Test
    void aKeyIsNeverShownAndEqualFilesAreEqual() {
        assertThat(read("ec.pem", "ec.key")).hasToString("TlsIdentity[CN=ec]").isEqualTo(read("ec.pem", "ec.key"));
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("ec.pem", "ca.key"))
                .withMessageStartingWith("tls-key: " + file("ca.key") + " is not the key of " + file("ec.pem")
                        + " (expected: the key the certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("rsa.pem", "ec.key"))
                .withMessageStartingWith("tls-key: " + file("ec.key") + " is not the key of " + file("rsa.pem"));
    }

    @Test
    void aKeyInAnOldFormOrEncryptedIsRefusedWithTheCommandThatHelps() throws IOException {
        certificates.openssl(List.of(
                "pkey",
                "-traditional",
                "-in",
                file("rsa.key").toString(),
                "-out",
                file("old.key").toString()));
        certificates.openssl(List.of(
                "pkey",
                "-aes256",
                "-passout",
                "pass:secret",
                "-in",
                file("rsa.key").toString(),
                "-out",
                file("locked.key").toString()));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("rsa.pem", "old.key"))
                .withMessage("tls-key: " + file("old.key") + " is an old-form 'RSA PRIVATE KEY' (expected: PKCS#8:"
                        + " openssl pkcs8 -topk8 -nocrypt -in FILE -out NEW)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("rsa.pem", "locked.key"))
                .withMessageStartingWith("tls-key: " + file("locked.key") + " is encrypted (expected: PKCS#8:");
    }

    @Test
    void aFileThatHoldsSomethingElseIsRefused() throws IOException {
        Files.writeString(file("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Files.writeString(file("broken.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Files.write(file("binary"), new byte[] {(byte) 0x80, 0, 1});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("ec.key", "ec.key"))
                .withMessageStartingWith("tls-certificate: " + file("ec.key") + " holds no certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("ec.pem", "ec.pem"))
                .withMessageStartingWith("tls-key: " + file("ec.pem") + " holds no private key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("broken.pem", "ec.key"))
                .withMessageStartingWith("tls-certificate: " + file("broken.pem") + " has a broken certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("ec.pem", "broken.key"))
                .withMessageStartingWith("tls-key: " + file("broken.key") + " has a broken private key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("binary", "ec.key"))
                .withMessageStartingWith("tls-certificate: " + file("binary") + " holds no certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("none.pem", "ec.key"))
                .withMessageStartingWith("tls-certificate: " + file("none.pem") + " is not there");
    }

    private static TlsIdentity read(String certificate, String key) {
        return TlsIdentity.read("tls-certificate", file(certificate), "tls-key", file(key));
    }

    private static Path file(String name) {
        return certificates.file(name);
    }
}
