package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.certificate.CertificateFolder;
import io.mempair.ha.certificate.SecretFile;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a file says what secures the channel. */
@Timeout(20)
class GroupSecurityTest {

    @TempDir
    private Path folder;

    private NodeConfig node(String keys) throws Exception {
        return ConfigReader.readNode(
                Files.writeString(folder.resolve("a.yaml"), """
                node: {name: a}
                group: {bind: 10.77.0.11, peers: 10.77.0.12, %s}
                virtual-address: {address: 10.77.0.100/24, interface: eth0}
                proxy: {servers: [10.77.0.21]}
                """.formatted(keys.replace("DIR", folder.toString()))));
    }

    private static final String RANDOM = "0123456789abcdef0123456789abcdef";

    @Test
    void aFileThatMempairMakesIsReadAndNoOtherIsAlike() throws Exception {
        Path file = folder.resolve("pair.key");
        SecretFile.create(file);
        GroupSecurity first = node("key-file: DIR/pair.key").group().security();
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> SecretFile.create(file)).hasMessageContaining("is there already");

        Files.delete(file);
        SecretFile.create(file);

        assertThat(node("key-file: DIR/pair.key").group().security())
                .isInstanceOf(GroupSecurity.SharedKey.class)
                .isNotEqualTo(first);
    }

    private void key(String content, String mode) throws IOException {
        Path file = folder.resolve("pair.key");
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private void certificates() throws IOException {
        new CertificateFolder(folder, new SystemClock()).add(List.of("a", "b"));
    }

    @Test
    void withoutAnyOfItsKeysThereIsNone() throws Exception {
        assertThat(node("port: 7800").group().security()).isEqualTo(new GroupSecurity.None());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n"})
    void aKeyFileIsReadWithoutItsLineEnd(String end) throws Exception {
        key(RANDOM + end, "rw-------");

        GroupSecurity security = node("key-file: DIR/pair.key").group().security();

        assertThat(security)
                .isEqualTo(new GroupSecurity.SharedKey(
                        new SecretKeySpec(RANDOM.getBytes(StandardCharsets.US_ASCII), "HmacSHA256")))
                .hasToString("SharedKey[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0123456789abcdef0123456789abcdef | rw-r----- | has mode rw-r----- (expected: readable by its owner only: chmod 600",
                "0123456789abcdef0123456789abcdef | rwx------ | has mode rwx------ (expected: readable by its owner only: chmod 600",
                "0123456789abcdef0123456789abcde | rw------- | has 31 bytes (expected: 32..4096 random ones; `mempair key FILE`",
                "correct horse battery staple | rw------- | has 28 bytes (expected: 32..4096 random ones; `mempair key FILE`",
                "12345671234567123456712345671234567 | rw------- | has 7 different characters (expected: random ones;",
            })
    void aKeyFileThatOthersReadOrThatCanBeGuessedIsRefused(String content, String mode, String message)
            throws IOException {
        key(content, mode);

        assertThatThrownBy(() -> node("key-file: DIR/pair.key"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("group.key-file: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining(content);
    }

    @Test
    void aKeyFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> node("key-file: DIR/pair.key"))
                .hasMessageContaining("pair.key is not there (expected: a file that this user can read)");
    }

    @Test
    void certificatesAreReadAndBelongTogether() throws Exception {
        certificates();

        GroupSecurity security = node("tls-certificate: DIR/a.pem, tls-key: DIR/a-key.pem, tls-ca: DIR/ca.pem")
                .group()
                .security();

        assertThat(security).isInstanceOf(GroupSecurity.Tls.class);
        assertThatThrownBy(() -> node("tls-certificate: DIR/a.pem, tls-key: DIR/b-key.pem, tls-ca: DIR/ca.pem"))
                .hasMessageContaining("b-key.pem is not the key of ");
    }

    @Test
    void oneOfTheThreeIsNotEnoughAndBothKindsAreTooMuch() throws Exception {
        certificates();
        key("0123456789abcdef", "rw-------");

        assertThatThrownBy(() -> node("tls-ca: DIR/ca.pem"))
                .hasMessageContaining("group.tls-certificate")
                .hasMessageContaining("group.tls-key");
        assertThatThrownBy(() -> node("tls-certificate: DIR/a.pem, tls-key: DIR/a-key.pem"))
                .hasMessageContaining("group.tls-ca");
        assertThatThrownBy(() -> node("tls-ca: DIR/ca.pem, key-file: DIR/pair.key"))
                .hasMessageContaining("expected: either certificates or a key file");
    }

    @Test
    void aNewSecretNeedsARestart() throws Exception {
        key("0123456789abcdef0123456789abcdef", "rw-------");
        NodeConfig before = node("key-file: DIR/pair.key");
        key("0123456789abcdeF0123456789abcdeF", "rw-------");

        ConfigChange change = ConfigChange.between(before, node("key-file: DIR/pair.key"));

        assertThat(change).hasToString("group.key-file: (a file's content) -> (a file's content)");
        assertThatThrownBy(() -> change.requireReloadable(Path.of("a.yaml")))
                .hasMessageContaining("needs a restart: group.key-file");
    }
}
