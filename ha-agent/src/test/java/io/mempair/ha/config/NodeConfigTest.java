package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.IdClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class NodeConfigTest {

    @TempDir
    private Path folder;

    private int number(String name, String bind, List<String> others) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".yaml"), """
                node: {name: %s}
                group: {bind: '%s', peers: [%s]}
                virtual-address: {address: 10.77.0.100/24, interface: eth0}
                proxy: {servers: [10.77.0.21]}
                """.formatted(name, bind, others.get(0)));
        NodeConfig read = ConfigReader.readNode(file);
        List<ServerAddress> peers = others.stream()
                .map(host -> new ServerAddress(host, GroupConfig.DEFAULT_PORT))
                .toList();
        return new NodeConfig(
                        name,
                        read.priority(),
                        read.warmup(),
                        new GroupConfig(bind, GroupConfig.DEFAULT_PORT, peers, Profile.DEFAULT),
                        read.virtualAddress(),
                        read.hooks(),
                        read.proxy(),
                        read.checks(),
                        read.admin(),
                        read.log())
                .number();
    }

    @Test
    void noTwoMembersHaveOneNumberWhateverTheirNames() throws Exception {
        List<String> members = List.of("10.77.0.11", "10.77.0.12", "10.77.0.13");
        for (String name : List.of("a", "b", "Aa", "BB")) {
            List<Integer> numbers = new ArrayList<>();
            for (String self : members) {
                numbers.add(number(
                        name,
                        self,
                        members.stream().filter(member -> !member.equals(self)).toList()));
            }
            assertThat(numbers)
                    .doesNotHaveDuplicates()
                    .allMatch(number -> number >= 0 && number < 1 << IdClock.NODE_BITS);
        }
    }

    @Test
    void theNameCountsToo() throws Exception {
        List<Integer> numbers = IntStream.range(0, 20)
                .mapToObj(i -> "node-" + i)
                .map(name -> {
                    try {
                        return number(name, "10.77.0.11", List.of("10.77.0.12"));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                })
                .distinct()
                .toList();

        assertThat(numbers).hasSizeGreaterThan(15);
    }
}
