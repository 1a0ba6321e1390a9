package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The admin face of a running node gets a login by a reload, and load balancers need none. */
@Timeout(240)
class AdminLoginIT {

    private static final String PASSWORD = "correct-horse";

    @RegisterExtension
    private final Lab lab = new Lab();

    private String status(String password) {
        String login = Base64.getEncoder().encodeToString(("ops:" + password).getBytes(StandardCharsets.UTF_8));
        return lab.tcp("c", Lab.ADDRESS.get("a"), 9411, "GET /status HTTP/1.0", "Authorization: Basic " + login, "");
    }

    @Test
    void aReloadAsksForALoginFromThenOn() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.startNode("a");
        lab.until("a is active", () -> lab.isActive("a"));
        assertThat(lab.http("a", "/status")).contains(" 200 ");

        Path users = Files.writeString(lab.shortLived().resolve("users"), "ops:" + PASSWORD + '\n');
        lab.rewrite("a", text -> text.replace("admin:\n", "admin:\n  auth-file: " + users + '\n'));
        assertThat(lab.reload("a").orFail()).contains("admin.auth-file: none -> (a file's content)");

        assertThat(lab.http("a", "/status")).contains(" 401 ").contains("Basic realm=\"mempair\"");
        assertThat(status("wrong")).contains(" 401 ");
        assertThat(status(PASSWORD)).contains(" 200 ").contains("\"role\":\"active\"");
        assertThat(lab.http("a", "/health/active")).contains(" 200 ").endsWith("good\n");
        assertThat(lab.log("a", "node")).doesNotContain(PASSWORD);
    }
}
