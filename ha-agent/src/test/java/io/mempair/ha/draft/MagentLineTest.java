package io.mempair.ha.draft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class MagentLineTest {

    @Test
    void variablesAndContinuedLinesOfAScriptAreReplaced() {
        List<MagentLine> lines = MagentLine.all("""
            #!/bin/sh
            # magent -s 9.9.9.9
            VIP=10.0.0.100
            export PORT="12000"
            killall magent
            /usr/local/bin/magent -u root -n 51200 -l $VIP \\
                -p ${PORT} -s 10.0.0.11:11211 -s10.0.0.12:11211 -b 10.0.0.13 -k >/dev/null &
            """);

        assertThat(lines)
                .containsExactly(new MagentLine(
                        6,
                        List.of("10.0.0.11:11211", "10.0.0.12:11211"),
                        List.of("10.0.0.13"),
                        "10.0.0.100",
                        "12000",
                        "51200",
                        null,
                        true,
                        List.of("-u root"),
                        List.of()));
    }

    @Test
    void whatIsNotWrittenIsMagentsDefault() {
        assertThat(MagentLine.all("magent -s m1 -n 0"))
                .containsExactly(new MagentLine(
                        1, List.of("m1"), List.of(), null, "11211", null, null, false, List.of(), List.of()));
    }

    @Test
    void wordsThatNobodyKnowsAreKept() {
        assertThat(MagentLine.all("magent -Z 5 -kD -s m1 stray -b m2 2>/dev/null | logger -t magent"))
                .singleElement()
                .satisfies(magent -> {
                    assertThat(magent.servers()).containsExactly("m1");
                    assertThat(magent.backups()).containsExactly("m2");
                    assertThat(magent.ketama()).isTrue();
                    assertThat(magent.notNeeded()).containsExactly("-D");
                    assertThat(magent.unknown()).containsExactly("-Z", "5", "stray");
                });
    }

    @Test
    void aScriptThatStartsNoneHasNone() {
        assertThat(MagentLine.all("killall -9 magent\nservice keepalived start\nmagent -h\n"))
                .isEmpty();
    }
}
