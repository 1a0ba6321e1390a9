package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Role;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What those who probe a node over HTTP are told. */
@Timeout(30)
class HealthAnswersTest extends OpenAdminServer {

    @ParameterizedTest
    @CsvSource({
        "STANDBY, false, false, 200, 503",
        "FAULT,   false, false, 503, 503",
        "ACTIVE,  true,  true,  200, 200",
        "ACTIVE,  true,  false, 200, 503",
        "ACTIVE,  false, true,  200, 503"
    })
    void healthFollowsTheRoleTheAddressAndThePort(Role role, boolean holds, boolean open, int ready, int active)
            throws Exception {
        node.status = FakeNode.status(role, holds, open, "because");

        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(ready);
        assertThat(get("/health/active").statusCode()).isEqualTo(active);
        assertThat(get("/health/active").body()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "active"})
    void aNodeThatBrokeIsNotHealthyWhateverItsLastRoleWas(String question) throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        assertThat(get("/health/" + question).statusCode()).isEqualTo(200);

        node.ended.completeExceptionally(new IllegalStateException("a bug"));

        assertThat(get("/health/" + question).statusCode()).isEqualTo(503);
        assertThat(get("/health/" + question).body()).contains("the node broke");
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "active"})
    void aNodeWithALoopThatDoesNotComeRoundIsNotHealthy(String question) throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        node.ailments = List.of("event loop 1 has not come round for 2345 ms");

        assertThat(get("/health/" + question).statusCode()).isEqualTo(503);
        assertThat(get("/health/" + question).body()).isEqualTo("event loop 1 has not come round for 2345 ms\n");

        node.ailments = List.of();
        assertThat(get("/health/" + question).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, /health/ready",
        "OPTIONS, /health/ready",
        "HEAD, /health/active",
        "OPTIONS, /health/live",
        "HEAD, /",
        "OPTIONS, /",
        "HEAD, /status",
        "HEAD, /metrics",
        "HEAD, /nothing",
        "OPTIONS, /nothing"
    })
    void headAndOptionsAreAnsweredAsGetWithoutABody(String method, String path) throws Exception {
        for (Role role : List.of(Role.STANDBY, Role.FAULT)) {
            node.status = FakeNode.status(role, false, false, "because");
            HttpResponse<String> asked = ask(method, path);

            assertThat(asked.statusCode()).isEqualTo(get(path).statusCode());
            assertThat(asked.body()).isEmpty();
        }
    }

    @Test
    void theCheckOfHaproxyIsAnswered() throws Exception {
        assertThat(raw("OPTIONS / HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n");
        assertThat(raw("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("allow: GET, HEAD, OPTIONS\r\n");
        String length =
                get("/health/live").headers().firstValue("content-length").orElseThrow();
        assertThat(raw("HEAD /health/live HTTP/1.0\r\n\r\n"))
                .containsIgnoringCase("content-length: " + length + "\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "active"})
    void aNodeThatDecidesNothingIsNotHealthy(String question) throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        node.silenceNanos = 1_999_999_999L;
        assertThat(get("/health/" + question).statusCode()).isEqualTo(200);

        node.silenceNanos = 2_000_000_000L;

        assertThat(get("/health/" + question).statusCode()).isEqualTo(503);
        assertThat(get("/health/" + question).body()).isEqualTo("the node has decided nothing for 2000 ms\n");
    }
}
