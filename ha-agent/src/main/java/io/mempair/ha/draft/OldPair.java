package io.mempair.ha.draft;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The classic pair of files of one host, a {@code keepalived.conf} and the script that starts magent, as the file of a node. What
 * has no successor, or is not needed any more, becomes a remark. Pure.
 */
public final class OldPair {

    private static final int MAX_PRIORITY = 254;

    /** Of lines of an instance that need no successor, and why. */
    private static final Map<String, String> NOT_NEEDED = Map.ofEntries(
            Map.entry("state", "the nodes agree by priority and by who serves already"),
            Map.entry("virtual_router_id", "the nodes name each other in group.peers"),
            Map.entry("advert_int", "group.profile says how fast a failure is noticed, 0.8 s by default"),
            Map.entry("authentication", "secure the channel by a secret of both nodes: mempair key, group.key-file"),
            Map.entry("track_interface", "the carrier of the interface is watched anyway, with whatever weight"),
            Map.entry("nopreempt", "a node that serves goes on anyway, as long as group.preempt is not true"),
            Map.entry("garp_master_repeat", "the address is announced at once, and again"),
            Map.entry("garp_master_refresh_repeat", "the address is announced at once, and again"),
            Map.entry("garp_lower_prio_delay", "the address is announced at once, and again"),
            Map.entry("garp_lower_prio_repeat", "the address is announced at once, and again"),
            Map.entry("garp_master_delay", "the address is announced at once, and again"),
            Map.entry("garp_master_refresh", "the address is announced at once, and again"),
            Map.entry("mcast_src_ip", "group.bind is this host's own address"),
            Map.entry("use_vmac", "the address keeps the interface's own MAC and is announced"),
            Map.entry("lvs_sync_daemon_interface", "there is no LVS"));

    private static final List<String> TAKEN = List.of(
            "interface",
            "priority",
            "virtual_ipaddress",
            "unicast_src_ip",
            "unicast_peer",
            "preempt_delay",
            "track_script");

    private static final List<String> NOTIFIED =
            List.of("notify_master", "notify_backup", "notify_fault", "notify_stop", "notify");

    /** Of lines of a {@code vrrp_script} that a check has too. */
    private static final List<String> CHECK_KEYS = List.of("script", "interval", "timeout", "rise", "fall", "weight");

    private final Block file;
    private final Block instance;
    private final MagentLine magent;
    private final Given given;
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, String> origins = new HashMap<>();

    private OldPair(Block file, Block instance, MagentLine magent, Given given) {
        this.file = file;
        this.instance = instance;
        this.magent = magent;
        this.given = given;
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
            pair.remark(
                    pair.at(more),
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
            throw new IllegalArgumentException(given.keepalivedFile() + ": " + e.getMessage(), e);
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

    private String at(Block block) {
        return given.keepalivedFile() + ':' + block.line();
    }

    private String at(MagentLine start) {
        return given.magentFile() + ':' + start.line();
    }

    private void remark(String place, String text) {
        remarks.add(place + ": " + text);
    }

    /** The value of a key of the instance; messages about it name its place. */
    private Optional<String> value(String keyword, String configKey) {
        Optional<Block> line = instance.last(keyword);
        line.ifPresent(found -> origins.put(configKey, at(found)));
        return line.flatMap(found -> found.word(1));
    }

    private NodeDraft draft() {
        origins.put("node.name", "--name");
        List.of("listen", "servers", "backups", "max-clients", "unix-socket")
                .forEach(key -> origins.put("proxy." + key, at(magent)));
        List<String> addresses = addresses();
        Optional<String> ownAddress = value("unicast_src_ip", "group.bind");
        Optional<String> itsAddress = unicastPeer();
        String bind = required(given.bind(), ownAddress, "group.bind", "--bind", "this host's own address");
        String peer = required(given.peer(), itsAddress, "group.peers", "--peer", "the other host's own address");
        boolean preempts = !instance.has("nopreempt");
        if (preempts) {
            remark(
                    at(instance),
                    "preempt: true, because keepalived without nopreempt gives the address back to the higher"
                            + " priority; without it the node that serves goes on");
        }
        List<String> checks = checks();
        leftOut();
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
                remarks,
                origins);
    }

    private String required(
            @Nullable String byFlag, Optional<String> found, String configKey, String flag, String what) {
        if (byFlag != null) {
            origins.put(configKey, flag);
            return byFlag;
        }
        return found.orElseThrow(() -> new IllegalArgumentException(
                flag + ": missing (expected: " + what + ", which " + given.keepalivedFile() + " does not say)"));
    }

    private Optional<String> unicastPeer() {
        List<Block> peers = instance.within("unicast_peer");
        for (Block more : peers.subList(Math.min(1, peers.size()), peers.size())) {
            remark(at(more), "unicast_peer " + more.keyword() + ": not taken; a pair has two nodes");
        }
        peers.stream().findFirst().ifPresent(peer -> {
            origins.put("group.peers", at(peer));
            restOf(peer, "unicast_peer", 1);
        });
        return peers.stream().findFirst().map(Block::keyword);
    }

    /** Remarks on the words of a line that are not taken. */
    private void restOf(Block line, String of, int from) {
        if (line.words().size() > from) {
            remark(
                    at(line),
                    of + ' ' + String.join(" ", line.words().subList(0, from)) + ": "
                            + String.join(
                                    " ", line.words().subList(from, line.words().size())) + " has no successor");
        }
    }

    private String priority() {
        String priority = value("priority", "node.priority").orElse("100");
        if (priority.equals("255")) {
            remark(
                    origins.getOrDefault("node.priority", at(instance)),
                    "priority 255: taken as " + MAX_PRIORITY + ", the highest there is");
            return String.valueOf(MAX_PRIORITY);
        }
        return priority;
    }

    private List<String> addresses() {
        List<Block> lines = instance.within("virtual_ipaddress");
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(
                    at(instance) + ": no virtual_ipaddress in the vrrp_instance (expected: at least one)");
        }
        origins.put("virtual-address.address", at(lines.get(0)));
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
            remark(at(line), address + ": " + String.join(" ", left) + " has no successor");
        }
        if (address.contains("/")) {
            return address;
        }
        String prefix = address.contains(":") ? "/128" : "/32";
        remark(
                at(line),
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
                            at(instance) + ": no interface in the vrrp_instance (expected: its name)"));
            if (names.isEmpty()) {
                origins.put(
                        "virtual-address.interface",
                        at(named.isPresent() ? line : instance.last("interface").orElse(instance)));
            } else if (!names.contains(name)) {
                remark(
                        at(line),
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
            remark(
                    at(magent),
                    "magent listened on " + (on == null ? "every address" : on)
                            + "; a node listens on its virtual address, while it is active");
        }
        List<String> all = on != null && own.contains(on) ? List.of(on) : own;
        return all.stream()
                .map(address -> (address.contains(":") ? '[' + address + ']' : address) + ':' + magent.port())
                .toList();
    }

    /** A script that looks after magent is not needed; any other is a check. */
    private List<String> checks() {
        List<Block> tracked = instance.within("track_script");
        List<String> names = tracked.stream().map(Block::keyword).toList();
        tracked.forEach(line -> restOf(line, "track_script", 1));
        List<String> checks = new ArrayList<>();
        for (Block script : file.all("vrrp_script")) {
            String name = script.word(1).orElse("script");
            String command = script.value("script").orElse("");
            if (!names.contains(name) || command.isEmpty()) {
                remark(
                        at(script),
                        "vrrp_script " + name + ": not taken; "
                                + (command.isEmpty() ? "it has no script" : "the instance does not track it"));
            } else if ((name + command).matches(".*(magent|keepalived).*")) {
                remark(at(script), "vrrp_script " + name + " (" + command + "): not taken; a node watches itself");
            } else {
                checks.add(check(name, command, script));
                origins.put("checks " + checks.size(), at(script));
            }
        }
        List<String> known = file.all("vrrp_script").stream()
                .flatMap(script -> script.word(1).stream())
                .toList();
        tracked.stream()
                .filter(line -> !known.contains(line.keyword()))
                .forEach(line -> remark(
                        at(line), "track_script " + line.keyword() + ": not taken; there is no such vrrp_script"));
        return checks;
    }

    private String check(String name, String command, Block script) {
        StringBuilder check = new StringBuilder("{name: ").append(NodeDraft.quoted(name));
        check.append(", command: [/bin/sh, '-c', ")
                .append(NodeDraft.quoted(command))
                .append(']');
        script.value("interval")
                .ifPresent(
                        seconds -> check.append(", interval: ").append(seconds).append('s'));
        script.value("timeout")
                .ifPresent(
                        seconds -> check.append(", timeout: ").append(seconds).append('s'));
        script.value("rise").ifPresent(times -> check.append(", rise: ").append(times));
        script.value("fall").ifPresent(times -> check.append(", fall: ").append(times));
        script.last("weight")
                .ifPresent(weight -> remark(
                        at(weight),
                        "vrrp_script " + name + ": weight " + weight.word(1).orElse("")
                                + " has no successor: a node whose check fails is not active, whatever the other is"));
        script.lines().stream()
                .filter(line -> !CHECK_KEYS.contains(line.keyword()))
                .forEach(line -> remark(
                        at(line), "vrrp_script " + name + ": " + String.join(" ", line.words()) + " has no successor"));
        return check.append('}').toString();
    }

    private void leftOut() {
        for (Block line : instance.lines()) {
            String why = NOT_NEEDED.get(line.keyword());
            if (why != null) {
                remark(at(line), line.keyword() + ": not needed; " + why);
            } else if (NOTIFIED.contains(line.keyword())) {
                remark(
                        at(line),
                        line.keyword() + ' ' + line.word(1).orElse("")
                                + ": not taken; a node opens and closes its port itself. For anything else it does:"
                                + " hooks.notify");
            } else if (!TAKEN.contains(line.keyword())) {
                remark(at(line), String.join(" ", line.words()) + ": has no successor");
            }
        }
        for (Block block : file.lines()) {
            if (block.keyword().equals("global_defs")) {
                globalDefinitions(block);
            } else if (block.keyword().equals("vrrp_instance")) {
                if (block.line() != instance.line()) {
                    remark(
                            at(block),
                            String.join(" ", block.words())
                                    + ": not taken; another address is a second instance (mempair@NAME) with its own"
                                    + " file: import it with --instance");
                }
            } else if (!block.keyword().equals("vrrp_script")) {
                remark(at(block), String.join(" ", block.words()) + ": has no successor");
            }
        }
        magent.notNeeded().forEach(flag -> remark(at(magent), "magent " + flag + ": not needed"));
        magent.unknown().forEach(word -> remark(at(magent), "magent " + word + ": not taken; this flag is not known"));
    }

    private void globalDefinitions(Block block) {
        for (Block line : block.lines()) {
            if (line.keyword().equals("notification_email")) {
                remark(at(line), "notification_email: a hook sends mail: hooks.notify: /usr/lib/mempair/hooks/mail");
            } else if (!line.keyword().startsWith("smtp_") && !line.keyword().startsWith("notification_email")) {
                remark(at(line), String.join(" ", line.words()) + ": not needed");
            }
        }
    }
}
