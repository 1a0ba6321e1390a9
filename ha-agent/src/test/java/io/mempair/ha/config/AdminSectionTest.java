package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Login and TLS of the admin face, and slow requests, as a file has them. */
class AdminSectionTest {

    @TempDir
    private Path folder;

    private Path file(String more) throws Exception {
        return Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: [m1]}\n" + more + '\n');
    }

    @Test
    void theUsersOfAFileMayLogInAndNobodySeesTheirPasswords() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "ops:se:cret\nprom:x\n");
        ProxyFile read = ConfigReader.readProxy(file("admin: {auth-file: " + users + "}"));

        assertThat(read.admin()).isNotNull();
        assertThat(read.admin().security().users().logins()).hasSize(2);
        assertThat(read.toString()).doesNotContain("cret");
        assertThat(ConfigChange.between(ConfigReader.readProxy(file("admin: {}")), read)
                        .toString())
                .contains("admin.auth-file: none -> (a file's content)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "admin: {tls-certificate: /nowhere.pem}           | admin.tls-key: missing",
                "admin: {tls-key: /nowhere.pem}                   | admin.tls-certificate: missing",
                "admin: {tls-certificate: /no.pem, tls-key: /n}   | /no.pem",
                "admin: {auth-file: /nowhere}                     | auth-file: /nowhere",
                "log: {slow: 100us}                               | log.slow: '100us' (expected: off, or at least 1ms)",
                "log: {slow: soon}                                | log.slow: 'soon' (expected: a duration",
                "log: {slow-keys: yes}                            | log.slow-keys: 'yes' (expected: hash or plain)",
                "log: {slow-keys: plain}                          | log.slow-keys: does nothing alone (expected: together with slow)"
            })
    void whatCannotBeRightIsSaidWithItsKey(String line, String message) throws Exception {
        Path file = file(line.strip());
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.readProxy(file));

        assertThat(refused).isNotNull();
        assertThat(String.join("\n", refused.problems())).contains(message.strip());
    }
}
