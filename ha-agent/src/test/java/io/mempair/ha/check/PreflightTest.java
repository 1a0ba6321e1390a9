package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PreflightTest {

    private static final VirtualAddressConfig ADDRESS = new VirtualAddressConfig("10.0.0.100", 24, "lo");

    @TempDir
    private Path directory;

    private Path status;

    /** In place of {@code /proc/sys/net/ipv6/conf}. */
    private Path settings;

    @BeforeEach
    void installEverything() throws IOException {
        for (String tool : List.of("ip", "bash", "setsid")) {
            install(tool, "exit 0");
        }
        install("arping", "echo 'arping from iputils 20221126'");
        settings = Files.createDirectory(directory.resolve("conf"));
        status = Files.writeString(directory.resolve("status"), "Name:\tjava\nCapEff:\t0000000000003000\n");
    }

    private void install(String tool, String does) throws IOException {
        Path file = Files.writeString(directory.resolve(tool), "#!/bin/sh\n" + does + '\n');
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** On a host whose network is as it should be. */
    private Preflight preflight() {
        return new Preflight(List.of(directory), status, address -> List.of(), new KernelAdvertising(settings));
    }

    private List<String> problems(VirtualAddressConfig address) {
        return preflight().problems(address, "127.0.0.1");
    }

    @Test
    void aHostWithEverythingHasNoProblem() {
        assertThat(problems(ADDRESS)).isEmpty();
    }

    @Test
    void aMissingToolIsNamedWithItsPackage() throws IOException {
        Files.delete(directory.resolve("arping"));

        assertThat(problems(ADDRESS)).containsExactly("arping not found: apt install iputils-arping");
    }

    @Test
    void anAddressForClientsThatIsNotHereIsNamedUnlessItFloats() {
        List<ServerAddress> listen = Stream.of("10.0.0.100", "127.0.0.1", "0.0.0.0", "localhost", "192.0.2.7")
                .map(host -> new ServerAddress(host, 11_211))
                .toList();

        assertThat(preflight().listenProblems(ADDRESS, HooksConfig.NONE, listen))
                .containsExactly(
                        "proxy.listen: 192.0.2.7 is not an address of this host: `ip addr` lists those there are");
    }

    @Test
    void anArpingOfAnotherKindIsNamedWithTheOneThatFits() throws IOException {
        install("arping", "echo 'ARPing 2.23, by Thomas Habets <thomas@habets.se>' >&2; exit 1");

        assertThat(problems(ADDRESS))
                .containsExactly(directory.resolve("arping")
                        + " is not iputils' arping, and has other flags: apt install iputils-arping");
    }

    @Test
    void arpingIsAskedOnceAndAgainWhenTheFileHasChanged() throws IOException {
        Path asked = directory.resolve("asked");
        install("arping", "echo x >> " + asked + "; echo ARPing");
        Preflight preflight = preflight();
        assertThat(preflight.problems(ADDRESS, "127.0.0.1")).hasSize(1);
        assertThat(preflight.problems(ADDRESS, "127.0.0.1")).hasSize(1);
        assertThat(asked).hasContent("x");

        install("arping", "echo BusyBox v1.35.0");
        Files.setLastModifiedTime(directory.resolve("arping"), FileTime.fromMillis(1));

        assertThat(preflight.problems(ADDRESS, "127.0.0.1")).isEmpty();
    }

    @Test
    void aBindAddressThatIsNotOfThisHostIsNamed() {
        assertThat(preflight().problems(ADDRESS, "192.0.2.7"))
                .containsExactly(
                        "group.bind: 192.0.2.7 is not an address of this host: `ip addr` lists those there are");
    }

    @Test
    void missingRightsAreNamedWithTheRemedy() throws IOException {
        Files.writeString(status, "CapEff:\t0000000000000000\n");

        assertThat(problems(ADDRESS))
                .containsExactly("virtual-address: no right to change addresses (CAP_NET_ADMIN) and to announce them"
                        + " (CAP_NET_RAW): run as root, or with AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW in the"
                        + " systemd unit");
    }

    @Test
    void anInterfaceThatIsNotThereIsNamed() {
        assertThat(new HostNetwork().apply(new VirtualAddressConfig("10.0.0.100", 24, "nope7")))
                .containsExactly(
                        "virtual-address.interface: nope7 is not on this host: `ip link` lists the interfaces there are");
    }

    @Test
    void theLoopbackIsNamed() {
        assertThat(new HostNetwork().apply(ADDRESS))
                .containsExactly(
                        "virtual-address.interface: lo is this host alone: choose the interface of the clients'"
                                + " network");
    }

    @Test
    void anIpv6AddressThatNobodyCanBeToldOfIsAWarning() throws IOException {
        VirtualAddressConfig ipv6 = new VirtualAddressConfig("fd00::64", 64, "lo");

        assertThat(preflight().warnings(ipv6, HooksConfig.NONE, List.of()))
                .singleElement()
                .asString()
                .contains("neither perl nor ndsend is installed")
                .contains("apt install perl-base");
        assertThat(preflight().warnings(ADDRESS, HooksConfig.NONE, List.of())).isEmpty();

        install("ndsend", "exit 0");
        assertThat(preflight().warnings(ipv6, HooksConfig.NONE, List.of())).isEmpty();
    }

    @Test
    void whereTheKernelCanBeToldToAnnounceAnIpv6AddressNoProgramIsMissed() throws IOException {
        VirtualAddressConfig ipv6 = new VirtualAddressConfig("fd00::64", 64, "lo");
        setting("all", "accept_dad", "0");
        setting("lo", "accept_dad", "1");
        assertThat(preflight().warnings(ipv6, HooksConfig.NONE, List.of())).hasSize(1);

        setting("lo", "ndisc_notify", "0");
        assertThat(preflight().warnings(ipv6, HooksConfig.NONE, List.of())).isEmpty();

        setting("all", "accept_dad", "1");
        assertThat(preflight().warnings(ipv6, HooksConfig.NONE, List.of()))
                .singleElement()
                .asString()
                .contains("net.ipv6.conf.all.accept_dad");
    }

    private void setting(String interfaceName, String name, String value) throws IOException {
        Path folder = Files.createDirectories(settings.resolve(interfaceName));
        Files.writeString(folder.resolve(name), value + '\n');
    }

    @Test
    void anAddressThatCannotFloatIsRefused() {
        assertThat(problems(new VirtualAddressConfig("127.0.0.5", 33, "lo"))).hasSize(2);
    }

    @Test
    void eachOfSeveralAddressesIsLookedAt() {
        VirtualAddressConfig several =
                new VirtualAddressConfig(List.of(new Cidr("10.0.0.100", 24), new Cidr("ff02::1", 64)), "lo");

        assertThat(problems(several))
                .containsExactly("virtual address ff02::1 cannot float: choose a free address of the network");
    }

    @Test
    void anIpv6AddressAloneNeedsNoArping() throws IOException {
        Files.delete(directory.resolve("arping"));

        assertThat(problems(new VirtualAddressConfig("fd00::64", 64, "lo"))).isEmpty();
    }

    @Test
    void aHookThatIsGoneIsNamedUnlessItOnlyNotifies() throws IOException {
        Path gone = directory.resolve("gone");
        HooksConfig hooks = new HooksConfig(
                gone, null, directory.resolve("mail"), null, HooksConfig.DEFAULT_TIMEOUT, HooksConfig.Holder.GUARD);

        assertThat(preflight().problems(ADDRESS, hooks, "127.0.0.1"))
                .containsExactly("hook " + gone + " is not there or cannot be run: chmod +x " + gone);
    }

    @Test
    void whereHooksHoldTheAddressNoToolOrRightOfTheGuardIsNeeded() throws IOException {
        Files.delete(directory.resolve("arping"));
        Files.delete(directory.resolve("ip"));
        Files.writeString(status, "CapEff:\t0000000000000000\n");
        Path program = directory.resolve("bash");
        HooksConfig hooks =
                new HooksConfig(program, program, null, null, HooksConfig.DEFAULT_TIMEOUT, HooksConfig.Holder.HOOKS);

        assertThat(preflight().problems(ADDRESS, hooks, "127.0.0.1")).isEmpty();
    }
}
