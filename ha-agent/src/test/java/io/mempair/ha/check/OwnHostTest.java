package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.NodeFile;
import io.mempair.ha.config.VirtualAddressConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnHostTest {

    @TempDir
    private Path folder;

    private static OwnHost host(String... addresses) {
        return new OwnHost(address -> Set.of(addresses).contains(address.getHostAddress()));
    }

    private GroupConfig group(String bind, String peers, String more) throws Exception {
        NodeFile file = ConfigReader.readNodeFile(ConfigText.of(Files.writeString(
                folder.resolve("m.yaml"), "group: {bind: " + bind + ", peers: [" + peers + "]" + more + "}\n")));
        assertThat(file.group()).as(file.problems().toString()).isNotNull();
        return file.group();
    }

    @Test
    void nobodyIsItsOwnPeerOrWitness() throws Exception {
        OwnHost host = host("10.77.0.11", "10.78.0.11");

        assertThat(host.othersHere(group("10.77.0.11", "10.77.0.12", ""))).isEmpty();
        assertThat(host.othersHere(group("10.77.0.11", "10.78.0.11", "")))
                .containsExactly(
                        "group.peers: 10.78.0.11:7800 is an address of this host (expected: the other node's own"
                                + " address)");
        assertThat(host.othersHere(group("10.77.0.11", "10.77.0.12", ", mode: witness, witness: 10.78.0.11")))
                .containsExactly(
                        "group.witness: 10.78.0.11:7800 is an address of this host (expected: that of a third host)");
    }

    @Test
    void aPairOnOneHostIsLeftAlone() throws Exception {
        assertThat(host("127.0.0.1", "127.0.0.2").othersHere(group("127.0.0.1", "127.0.0.2", "")))
                .isEmpty();
    }

    @Test
    void aBindOfNobodyIsWrongOnAHostThatLooksLikeTheNodes() throws Exception {
        var floating = new VirtualAddressConfig("10.77.0.100", 24, "eth0");
        GroupConfig group = group("10.77.0.99", "10.77.0.12", "");

        assertThat(host("10.77.0.11").wrongBind(group, floating, List.of("10.77.0.11/24")))
                .startsWith(
                        "group.bind: 10.77.0.99 is not an address of this host, which has 10.77.0.11/24 on eth0 in the"
                                + " network of the virtual address (expected: this host's own address; --file-only");
        assertThat(host("10.77.0.11").wrongBind(group, floating, List.of()))
                .as("another kind of host")
                .isNull();
        assertThat(host("10.77.0.12").wrongBind(group, floating, List.of("10.77.0.12/24")))
                .as("the host of the other node")
                .isNull();
    }

    @Test
    void whoAnswersForAnAddressIsReadOfBothPrograms() {
        assertThat(AddressHolder.replied("""
                ARPING 10.77.0.100 from 0.0.0.0 eth0
                Unicast reply from 10.77.0.100 [02:00:0A:4D:00:15]  0.6ms
                Sent 1 probes (1 broadcast(s))
                """)).contains("02:00:0a:4d:00:15");
        assertThat(AddressHolder.replied("ARPING 10.77.0.100 from 0.0.0.0 eth0\nSent 1 probes\n"))
                .isEmpty();
        assertThat(AddressHolder.neighbour("10.77.0.100 dev eth0 lladdr 02:00:0a:4d:00:15 REACHABLE \n", false))
                .contains("02:00:0a:4d:00:15");
        assertThat(AddressHolder.neighbour("10.77.0.100 dev eth0 lladdr 02:00:0a:4d:00:15 STALE \n", false))
                .as("may be old")
                .isEmpty();
        assertThat(AddressHolder.neighbour("10.77.0.100 dev eth0 lladdr 02:00:0a:4d:00:15 STALE \n", true))
                .isPresent();
        assertThat(AddressHolder.neighbour("10.77.0.100 dev eth0  FAILED \n", false))
                .isEmpty();
    }
}
