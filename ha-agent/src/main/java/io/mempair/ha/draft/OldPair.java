package io.mempair.ha.draft;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The classic pair of files of one host, a {@code keepalived.conf} and the script that starts magent, as the file of a node. What
 * has no successor, or is not needed any more, becomes a remark. Pure.
 */
public final class OldPair {

    private static final int MAX_PRIORITY = 254;

    private final Block file;
    private final Block instance;
    private final MagentLine magent;
    private final Given given;
    private final ImportNotes notes;

    private OldPair(Block file, Block instance, MagentLine magent, Given given) {
        this.file = file;
        this.instance = instance;
        this.magent = magent;
        this.given = given;
        this.notes = new ImportNotes(given);
    }

    /**
     * What the operator gives.
     *
     * @param keepalivedFile  what the file of keepalived is called
     * @param magentFile      what the script is called
     * @param name            of the node
     * @param bind            this host's own address; null if the file of keepalived says it
     * @param peer            the other host's own address; null if the file says it
     * @param instance        which {@code vrrp_instance}; null if there is one only
     */
    public record Given(
            String keepalivedFile,
            String magentFile,
            String name,
            @Nullable String bind,
            @Nullable String peer,
            @Nullable String instance) {}

    /**
     * The draft of the node's file.
     *
     * @throws IllegalArgumentException saying what is missing and where it is expected
     */
    public static NodeDraft read(String keepalived, String script, Given given) {
        Block file = blocks(keepalived, given);
        Block instance = instance(file, given);
        List<MagentLine> starts = MagentLine.all(script);
        if (starts.isEmpty()) {
            throw new IllegalArgumentException(given.magentFile()
                    + ": no line starts magent (expected: the script that starts it, as in magent -l ADDRESS -p PORT -s"
                    + " SERVER)");
        }
        OldPair pair = new OldPair(file, instance, starts.get(0), given);
        for (MagentLine more : starts.subList(1, starts.size())) {
            pair.notes.remark(
                    pair.notes.at(more),
                    "magent -p " + more.port() + " " + more.servers()
                            + ": not taken; a node has one pool, a second one is a second instance (mempair@NAME) with"
                            + " its own file");
        }
        return pair.draft();
    }

    private static Block blocks(String text, Given given) {
        try {
            return KeepalivedFile.read(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(given.keepalivedFile() + ":" + e.getMessage(), e);
        }
    }

    private static Block instance(Block file, Given given) {
        String wanted = given.instance();
        String in = given.keepalivedFile() + ": ";
        List<Block> instances = file.all("vrrp_instance");
        if (instances.isEmpty()) {
            throw new IllegalArgumentException(in + "no vrrp_instance (expected: a keepalived.conf with one)");
        }
        String names = instances.stream().map(found -> found.word(1).orElse("")).collect(Collectors.joining(", "));
        if (wanted == null && instances.size() > 1) {
            throw new IllegalArgumentException(
                    in + "several vrrp_instance (expected: --instance with one of " + names + ')');
        }
        return instances.stream()
                .filter(found -> wanted == null || found.word(1).equals(Optional.of(wanted)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        in + "no vrrp_instance " + wanted + " (expected: one of " + names + ')'));
    }

    /** The value of a key of the instance; messages about it name its place. */
    private Optional<String> value(String keyword, String configKey) {
        Optional<Block> line = instance.last(keyword);
        line.ifPresent(found -> notes.origin(configKey, notes.at(found)));
        return line.flatMap(found -> found.word(1));
    }

    private NodeDraft draft() {
        notes.origin("node.name", "--name");
        List.of("listen", "servers", "backups", "max-clients", "unix-socket")
                .forEach(key -> notes.origin("proxy." + key, notes.at(magent)));
        List<String> addresses = addresses();
        Optional<String> ownAddress = value("unicast_src_ip", "group.bind");
        Optional<String> itsAddress = unicastPeer();
        String bind = required(given.bind(), ownAddress, "group.bind", "--bind", "this host's own address");
        String peer = required(given.peer(), itsAddress, "group.peers", "--peer", "the other host's own address");
        boolean preempts = !instance.has("nopreempt");
        if (preempts) {
            notes.remark(
                    notes.at(instance),
                    "preempt: true, because keepalived without nopreempt gives the address back to the higher"
                            + " priority; without it the node that serves goes on");
        }
        List<String> checks = OldChecks.of(file, instance, notes);
        LeftOutLines.remark(file, instance, magent, notes);
        return new NodeDraft(
                given.name(),
                priority(),
                bind,
                peer,
                null,
                preempts,
                value("preempt_delay", "group.preempt-delay")
                        .map(seconds -> seconds + "s")
                        .orElse(null),
                addresses,
                interfaceName(),
                listen(addresses),
                magent.servers(),
                magent.backups(),
                magent.ketama(),
                magent.maxClients(),
                magent.unixSocket(),
                checks,
                notes.remarks(),
                notes.origins());
    }

    private String required(
            @Nullable String byFlag, Optional<String> found, String configKey, String flag, String what) {
        if (byFlag != null) {
            notes.origin(configKey, flag);
            return byFlag;
        }
        return found.orElseThrow(() -> new IllegalArgumentException(
                flag + ": missing (expected: " + what + ", which " + given.keepalivedFile() + " does not say)"));
    }

    private Optional<String> unicastPeer() {
        List<Block> peers = instance.within("unicast_peer");
        for (Block more : peers.subList(Math.min(1, peers.size()), peers.size())) {
            notes.remark(notes.at(more), "unicast_peer " + more.keyword() + ": not taken; a pair has two nodes");
        }
        peers.stream().findFirst().ifPresent(peer -> {
            notes.origin("group.peers", notes.at(peer));
            notes.restOf(peer, "unicast_peer", 1);
        });
        return peers.stream().findFirst().map(Block::keyword);
    }

    private String priority() {
        String priority = value("priority", "node.priority").orElse("100");
        if (priority.equals("255")) {
            notes.remark(
                    notes.originOf("node.priority", notes.at(instance)),
                    "priority 255: taken as " + MAX_PRIORITY + ", the highest there is");
            return String.valueOf(MAX_PRIORITY);
        }
        return priority;
    }

    private List<String> addresses() {
        List<Block> lines = instance.within("virtual_ipaddress");
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(
                    notes.at(instance) + ": no virtual_ipaddress in the vrrp_instance (expected: at least one)");
        }
        notes.origin("virtual-address.address", notes.at(lines.get(0)));
        return lines.stream().map(this::address).toList();
    }

    /** keepalived takes an address alone for one without a network. */
    private String address(Block line) {
        String address = line.keyword();
        List<String> left = new ArrayList<>(line.words().subList(1, line.words().size()));
        int dev = left.indexOf("dev");
        if (dev >= 0) {
            left.subList(dev, Math.min(left.size(), dev + 2)).clear(); // see interfaceName
        }
        if (!left.isEmpty()) {
            notes.remark(notes.at(line), address + ": " + String.join(" ", left) + " has no successor");
        }
        if (address.contains("/")) {
            return address;
        }
        String prefix = address.contains(":") ? "/128" : "/32";
        notes.remark(
                notes.at(line),
                address + ": taken with " + prefix
                        + ", as keepalived does; write the prefix length of its network if it is of this host's network");
        return address + prefix;
    }

    /** All addresses of a node are on one interface: that of the first. */
    private String interfaceName() {
        List<String> names = new ArrayList<>();
        for (Block line : instance.within("virtual_ipaddress")) {
            int dev = line.words().indexOf("dev");
            Optional<String> named = dev < 0 ? Optional.empty() : line.word(dev + 1);
            String name = named.or(() -> instance.value("interface"))
                    .orElseThrow(() -> new IllegalArgumentException(
                            notes.at(instance) + ": no interface in the vrrp_instance (expected: its name)"));
            if (names.isEmpty()) {
                notes.origin(
                        "virtual-address.interface",
                        notes.at(
                                named.isPresent()
                                        ? line
                                        : instance.last("interface").orElse(instance)));
            } else if (!names.contains(name)) {
                notes.remark(
                        notes.at(line),
                        line.keyword() + ": dev " + name + " not taken; all addresses of a node are on one interface, "
                                + names.get(0));
            }
            names.add(name);
        }
        return names.get(0);
    }

    private List<String> listen(List<String> addresses) {
        List<String> own = addresses.stream()
                .map(address -> address.substring(0, address.indexOf('/')))
                .toList();
        String on = magent.listen();
        if (on == null || on.equals("0.0.0.0") || !own.contains(on)) {
            notes.remark(
                    notes.at(magent),
                    "magent listened on " + (on == null ? "every address" : on)
                            + "; a node listens on its virtual address, while it is active");
        }
        List<String> all = on != null && own.contains(on) ? List.of(on) : own;
        return all.stream()
                .map(address -> (address.contains(":") ? '[' + address + ']' : address) + ':' + magent.port())
                .toList();
    }
}
