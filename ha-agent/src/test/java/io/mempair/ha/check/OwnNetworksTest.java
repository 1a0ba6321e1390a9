package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.check.OwnNetworks.Own;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnNetworksTest {

    private static Own own(String cidr) {
        String[] parts = cidr.split("/", -1);
        return new Own(NetUtil.createInetAddressFromIpAddressString(parts[0]), Integer.parseInt(parts[1]));
    }

    private static VirtualAddressConfig floating(String cidr) {
        String[] parts = cidr.split("/", -1);
        return new VirtualAddressConfig(parts[0], Integer.parseInt(parts[1]), "eth0");
    }

    private static List<String> problems(String virtual, String... onInterface) {
        List<Own> own = List.of(onInterface).stream().map(OwnNetworksTest::own).toList();
        return new OwnNetworks(own, List.of()).problems(floating(virtual));
    }

    @Test
    void anAddressOfTheInterfacesNetworkFits() {
        assertThat(problems("10.88.0.100/24", "192.168.1.5/16", "10.88.0.11/24"))
                .isEmpty();
        assertThat(problems("fd00::64/64", "10.88.0.11/24", "fd00::1/64")).isEmpty();
    }

    @Test
    void anAddressOutsideEveryNetworkOfTheInterfaceIsRefused() {
        assertThat(problems("10.99.0.100/24", "10.88.0.11/24"))
                .singleElement()
                .asString()
                .startsWith("virtual-address.address: 10.99.0.100/24 is in no network of eth0 (10.88.0.11/24)")
                .contains("if a router sends it here, write /32");
        assertThat(problems("fd99::64/64", "fd00::1/64")).hasSize(1);
    }

    @Test
    void aRoutedAddressAndAnInterfaceWithoutOneOfItsKindAreGood() {
        assertThat(problems("203.0.113.5/32", "10.88.0.11/24")).isEmpty();
        assertThat(problems("10.99.0.100/24")).isEmpty();
        assertThat(problems("fd99::64/64", "10.88.0.11/24")).isEmpty();
    }

    @Test
    void anOwnAddressWithAllItsBitsAsPrefixSaysNothingOfTheNetwork() {
        assertThat(problems("2001:db8::64/64", "2001:db8::11/128")).isEmpty();
        assertThat(problems("10.88.0.100/24", "10.88.0.11/32")).isEmpty();
        assertThat(problems("2001:db8::64/64", "2001:db8::11/128", "fd00::1/64"))
                .isEmpty();
        assertThat(problems("2001:db8::64/64", "2001:db8:9::11/128", "fd00::1/64"))
                .singleElement()
                .asString()
                .contains("is in no network of eth0 (fd00::1/64)");
    }

    @ParameterizedTest
    @CsvSource({
        "10.88.0.255/24, the broadcast address",
        "10.88.0.0/24, the address of the network itself",
        "10.88.0.255/32, the broadcast address"
    })
    void anAddressThatIsNoHostsInTheNetworkOfTheInterfaceIsRefused(String virtual, String what) {
        assertThat(problems(virtual, "10.88.0.11/24"))
                .singleElement()
                .asString()
                .contains(what);
    }

    @Test
    void aServerReachedFromTheFloatingAddressOnlyIsAWarning() {
        VirtualAddressConfig address = floating("10.88.0.100/24");
        List<ServerAddress> servers = List.of(
                new ServerAddress("10.88.0.21", 11211),
                new ServerAddress("10.77.0.21", 11211),
                new ServerAddress("m1.example", 11211));

        assertThat(new OwnNetworks(List.of(), List.of(own("10.77.0.11/24"))).warnings(address, servers))
                .singleElement()
                .asString()
                .startsWith("proxy.servers: 10.88.0.21:11211 is reached from 10.88.0.100/24 only");
        assertThat(new OwnNetworks(List.of(own("10.88.0.11/24")), List.of()).warnings(address, servers))
                .isEmpty();
        assertThat(new OwnNetworks(List.of(), List.of(own("10.88.0.11/24"))).warnings(address, servers))
                .isEmpty();
    }

    @Test
    void aHostWhoseOwnAddressThereHasAllItsBitsAsPrefixNeedsNoOther() {
        VirtualAddressConfig address = floating("2001:db8::64/64");
        List<ServerAddress> servers = List.of(new ServerAddress("2001:db8::21", 11211));

        assertThat(new OwnNetworks(List.of(own("2001:db8::11/128")), List.of()).warnings(address, servers))
                .isEmpty();
        assertThat(new OwnNetworks(List.of(own("2001:db8:1::11/128")), List.of()).warnings(address, servers))
                .hasSize(1);
    }
}
