package io.mempair.ha.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class KeepalivedFileTest {

    @Test
    void blocksHaveTheirLinesWhereverTheBracesStand() {
        Block file = KeepalivedFile.read("""
            ! a comment
            vrrp_instance VI_1
            {
                state MASTER   # another
                virtual_ipaddress { 10.0.0.100/24 dev eth0 }
                authentication {
                    auth_pass "a # b"
                }
                priority 100
                priority 101
            }
            """);

        assertThat(file.lines()).singleElement().satisfies(instance -> {
            assertThat(instance.words()).containsExactly("vrrp_instance", "VI_1");
            assertThat(instance.line()).isEqualTo(2);
            assertThat(instance.value("state")).contains("MASTER");
            assertThat(instance.value("priority")).as("the last one counts").contains("101");
            assertThat(instance.all("virtual_ipaddress").get(0).lines())
                    .containsExactly(new Block(5, List.of("10.0.0.100/24", "dev", "eth0"), List.of()));
            assertThat(instance.all("authentication").get(0).value("auth_pass")).contains("a # b");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a {; b c            | 1: '{' is not closed (expected: a '}' before the file ends)",
                "a {; b {; c; }; d   | 1: '{' is not closed (expected: a '}' before the file ends)",
                "a {; }; b c; {; d { | 5: '{' is not closed (expected: a '}' before the file ends)",
                "a b; }; c d         | 2: '}' closes nothing (expected: a '{' before it)",
                "a {; }; }           | 3: '}' closes nothing (expected: a '{' before it)",
                "a; b \"c d; }       | 2: a \" is not closed (expected: a second one on the line)"
            })
    void bracesAndQuotesThatDoNotMatchAreRefusedWithTheLine(String lines, String message) {
        assertThatThrownBy(() -> KeepalivedFile.read(lines.replace("; ", "\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void noDepthExhaustsTheStack() {
        assertThatThrownBy(() -> KeepalivedFile.read("a {".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1: more than 8 blocks in each other");
    }
}
