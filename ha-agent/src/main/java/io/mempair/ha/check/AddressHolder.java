package io.mempair.ha.check;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.ha.connect.ConnectAttempt;
import io.mempair.ha.connect.ConnectAttempt.ConnectOutcome;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether somebody has a virtual address already who is no node of the pair, as keepalived on a host that is forgotten: a claim would
 * be refused then. Asks for an IPv4 address as a claim does; where that cannot be done, and for an IPv6 address, by a connection and
 * the kernel's table of neighbours. Blocks for some seconds at most.
 */
final class AddressHolder {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private static final Pattern REPLY = Pattern.compile("reply from \\S+ \\[([0-9A-Fa-f:]{17})]");

    private static final Pattern NEIGHBOUR = Pattern.compile("lladdr ([0-9a-f:]{17})");

    private final Clock clock;

    AddressHolder(Clock clock) {
        this.clock = clock;
    }

    /**
     * A warning for each address that somebody else has.
     *
     * @param port   where clients connect
     * @param nodes  the other nodes, which may have the address
     */
    List<String> warnings(VirtualAddressConfig floating, int port, List<ServerAddress> nodes) {
        List<String> macsOfNodes = new ArrayList<>();
        nodes.forEach(node ->
                macOf(node.host(), node.port(), floating.interfaceName()).ifPresent(macsOfNodes::add));
        List<String> warnings = new ArrayList<>();
        for (Cidr cidr : floating.addresses()) {
            Optional<String> mac = cidr.isIpv6()
                    ? macOf(cidr.address(), port, floating.interfaceName())
                    : asked(cidr.address(), floating.interfaceName())
                            .or(() -> macOf(cidr.address(), port, floating.interfaceName()));
            mac.filter(found -> !macsOfNodes.contains(found))
                    .ifPresent(found -> warnings.add("virtual-address.address: a host with the MAC " + found + " has "
                            + cidr.address()
                            + " already, and is no node of this pair: a claim is refused while it answers"
                            + " (expected: a free address; stop what holds it there, as keepalived, or find the host by its"
                            + " MAC)"));
        }
        return warnings;
    }

    /** By the question that a host asks before it takes an address; empty also if this user may not ask it. */
    private Optional<String> asked(String address, String interfaceName) {
        return output("arping", "-D", "-c", "1", "-w", "1", "-I", interfaceName, address)
                .flatMap(AddressHolder::replied);
    }

    /** Whose answer it is, if the host answers at all: an entry of the table alone may be old. */
    private Optional<String> macOf(String address, int port, String interfaceName) {
        ConnectOutcome outcome;
        try (Socket socket = new Socket()) {
            outcome = ConnectAttempt.connect(socket, new InetSocketAddress(address, port), LIMIT, clock);
        } catch (IOException e) {
            outcome = ConnectOutcome.UNKNOWN;
        }
        boolean answers = outcome != ConnectOutcome.UNKNOWN;
        return output("ip", "-o", "neigh", "show", "to", address, "dev", interfaceName)
                .flatMap(said -> neighbour(said, answers));
    }

    /** The MAC in what arping says, if somebody replied. */
    static Optional<String> replied(String said) {
        return first(REPLY, said);
    }

    /** The MAC in what {@code ip neigh} says; an entry that may be old counts only for a host that answers. */
    static Optional<String> neighbour(String said, boolean answers) {
        return answers || said.contains("REACHABLE") ? first(NEIGHBOUR, said) : Optional.empty();
    }

    /** In lower case. */
    private static Optional<String> first(Pattern mac, String said) {
        Matcher found = mac.matcher(said);
        return found.find() ? Optional.of(found.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
    }

    private Optional<String> output(String... command) {
        try {
            return Optional.of(ProgramOutput.of(List.of(command), LIMIT, clock));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
