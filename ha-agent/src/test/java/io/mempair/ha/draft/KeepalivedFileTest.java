package io.mempair.ha.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    @Test
    void whatIsNotClosedEndsWithTheFile() {
        assertThat(KeepalivedFile.read("a { b c").all("a").get(0).value("b")).contains("c");
        assertThat(KeepalivedFile.read("a b }\nc d").value("a")).contains("b");
        assertThat(KeepalivedFile.read("{ {").lines()).isEmpty();
    }

    @Test
    void noDepthExhaustsTheStack() {
        assertThatThrownBy(() -> KeepalivedFile.read("a {".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("more than 8 blocks in each other");
    }
}
