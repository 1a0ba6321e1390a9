package io.mempair.ha.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class RedactionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "command: /bin/hook --password=hunter2 x | command: /bin/hook --password=(hidden) x",
                "command: /bin/hook --password hunter2   | command: /bin/hook --password (hidden)",
                "  api-key: \"a b c\"                      | api-key: (hidden)",
                "SECRET_TOKEN=abc;x                      | SECRET_TOKEN=(hidden);x",
                "get https://me:pw@host/x                | get https://(hidden)@host/x",
            })
    void aValueBehindAWordForSecretsIsHidden(String text, String without) {
        assertThat(Redaction.of(text).strip()).isEqualTo(without);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "group: {key-file: /etc/mempair/pair.key, auth-file: /etc/mempair/users}",
                "secret-file: /etc/x",
                "proxy: {servers: [10.0.0.21:11211]}",
                "mempair_transitions_total{reason=\"started\"} 1.0",
            })
    void namesOfFilesAndAllElseStay(String text) {
        assertThat(Redaction.of(text)).isEqualTo(text);
    }

    @Test
    void noPrivateKeyIsLeftEvenIfItIsCutOff() {
        assertThat(Redaction.of("a\n-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nb"))
                .isEqualTo("a\n(hidden)\nb");
        assertThat(Redaction.of("a\n-----BEGIN PRIVATE KEY-----\nMHc")).isEqualTo("a\n(hidden)");
    }
}
