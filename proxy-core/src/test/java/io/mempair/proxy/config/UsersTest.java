package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {

    @TempDir
    private Path folder;

    @Test
    void aUserIsKnownWithHisOwnPasswordOnly() throws IOException {
        Users users = Users.read("auth-file", file("alice:secret\r\n\nbob:se:cret\n"));

        assertThat(know(users, "alice", "secret")).isTrue();
        assertThat(know(users, "bob", "se:cret")).isTrue();
        assertThat(know(users, "alice", "se:cret")).isFalse();
        assertThat(know(users, "alice", "secre")).isFalse();
        assertThat(know(users, "", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", ":secret", "alice:", "al ice:secret", "alice:sec ret", "alice:sec\tret"})
    void aLineThatCannotBeALoginIsRefusedWithItsNumber(String line) throws IOException {
        Path file = file("ok:ok\n" + line + '\n');

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Users.read("auth-file", file))
                .withMessageStartingWith("auth-file: " + file + " line 2: not user:password (expected: both without");
    }

    @Test
    void aFileWithoutUsersIsRefused() throws IOException {
        Path file = file("\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Users.read("auth-file", file))
                .withMessage("auth-file: " + file + " has 0 users (expected: 1..1000)");
    }

    @Test
    void aProxyLogsInAsOneUser() throws IOException {
        Path file = file("a:1\nb:2\n");

        assertThat(Users.only("server-auth-file", file("a:1"))).isEqualTo(new Login("a", "1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Users.only("server-auth-file", Files.writeString(file, "a:1\nb:2\n")))
                .withMessage("server-auth-file: " + file + " has 2 users (expected: the one to log in as)");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path file = folder.resolve("none");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Users.read("auth-file", file))
                .withMessage("auth-file: " + file + " is not there (expected: a file that this user can read)");
    }

    @Test
    void aPasswordIsNeverShown() throws IOException {
        assertThat(Users.read("auth-file", file("alice:secret"))).hasToString("Users[logins=[Login[alice]]]");
    }

    private static boolean know(Users users, String user, String password) {
        return users.know(user.getBytes(StandardCharsets.ISO_8859_1), password.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("users"), text);
    }
}
