package io.mempair.ha.draft;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.ArrayList;
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
            Map.entry("track_interface", "the carrier of the interface is watched anyway"),
            Map.entry("garp_master_delay", "the address is announced at once, and again"),
            Map.entry("garp_master_refresh", "the address is announced at once, and again"),
            Map.entry("mcast_src_ip", "group.bind is this host's own address"),
            Map.entry("use_vmac", "the address keeps the interface's own MAC and is announced"),
            Map.entry("lvs_sync_daemon_interface", "there is no LVS"));

    private static final List<String> NOTIFIED =
            List.of("notify_master", "notify_backup", "notify_fault", "notify_stop", "notify");

    private final Block file;
    private final Block instance;
    private final MagentLine magent;
    private final List<String> remarks = new ArrayList<>();

    private OldPair(Block file, Block instance, MagentLine magent) {
        this.file = file;
        this.instance = instance;
        this.magent = magent;
    }

    /**
     * What only the operator knows.
     *
     * @param name      of the node
     * @param bind      this host's own address; null if the file of keepalived says it
     * @param peer      the other host's own address; null if the file says it
     * @param instance  which {@code vrrp_instance}; null if there is one only
     */
    public record KnownServer(
            String name,
            @Nullable String bind,
            @Nullable String peer,
            @Nullable String instance) {}

    /**
     * The draft of the node's file.
     *
     * @throws IllegalArgumentException saying what is missing and where it is expected
     */
    public static NodeDraft read(String keepalived, String script, KnownServer known) {
        Block file = KeepalivedFile.read(keepalived);
        Block instance = instance(file, known.instance());
        List<MagentLine> starts = MagentLine.all(script);
        if (starts.isEmpty()) {
            throw new IllegalArgumentException(
                    "no line starts magent (expected: the script that starts it, as in magent -l ADDRESS -p PORT -s"
                            + " SERVER)");
        }
        OldPair pair = new OldPair(file, instance, starts.get(0));
        for (MagentLine more : starts.subList(1, starts.size())) {
            pair.remarks.add("magent -p " + more.port() + " " + more.servers()
                    + ": not taken; a node has one pool, a second one is a second instance (mempair@NAME) with"
                    + " its own file");
        }
        return pair.draft(known);
    }

    private static Block instance(Block file, @Nullable String wanted) {
        List<Block> instances = file.all("vrrp_instance");
        if (instances.isEmpty()) {
            throw new IllegalArgumentException("no vrrp_instance (expected: a keepalived.conf with one)");
        }
        String names = instances.stream().map(found -> found.word(1).orElse("")).collect(Collectors.joining(", "));
        if (wanted == null && instances.size() > 1) {
            throw new IllegalArgumentException(
                    "several vrrp_instance (expected: --instance with one of " + names + ')');
        }
        return instances.stream()
                .filter(found -> wanted == null || found.word(1).equals(Optional.of(wanted)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no vrrp_instance " + wanted + " (expected: one of " + names + ')'));
    }

    private NodeDraft draft(KnownServer known) {
        List<String> addresses = addresses();
        String bind = required(known.bind(), instance.value("unicast_src_ip"), "--bind", "this host's own address");
        String peer = required(known.peer(), unicastPeer(), "--peer", "the other host's own address");
        boolean preempts = !instance.has("nopreempt");
        if (preempts) {
            remarks.add("preempt: true, because keepalived without nopreempt gives the address back to the higher"
                    + " priority; without it the node that serves goes on");
        }
        List<String> checks = checks();
        leftOut();
        return new NodeDraft(
                known.name(),
                priority(),
                bind,
                peer,
                null,
                preempts,
                instance.value("preempt_delay").map(seconds -> seconds + "s").orElse(null),
                addresses,
                interfaceName(),
                listen(addresses),
                magent.servers(),
                magent.backups(),
                magent.ketama(),
                magent.maxClients(),
                magent.unixSocket(),
                checks,
                remarks);
    }

    private static String required(@Nullable String given, Optional<String> found, String flag, String what) {
        if (given != null) {
            return given;
        }
        return found.orElseThrow(() -> new IllegalArgumentException(
                flag + ": missing (expected: " + what + ", which the file of keepalived does not say)"));
    }

    private Optional<String> unicastPeer() {
        return instance.all("unicast_peer").stream()
                .flatMap(block -> block.lines().stream())
                .map(Block::keyword)
                .findFirst();
    }

    private String priority() {
        String priority = instance.value("priority").orElse("100");
        if (priority.equals("255")) {
            remarks.add("priority 255: taken as " + MAX_PRIORITY + ", the highest there is");
            return String.valueOf(MAX_PRIORITY);
        }
        return priority;
    }

    private List<String> addresses() {
        List<String> addresses = instance.all("virtual_ipaddress").stream()
                .flatMap(block -> block.lines().stream())
                .map(Block::keyword)
                .map(this::withPrefix)
                .toList();
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no virtual_ipaddress in the vrrp_instance (expected: at least one)");
        }
        return addresses;
    }

    /** keepalived takes an address alone for one without a network. */
    private String withPrefix(String address) {
        if (address.contains("/")) {
            return address;
        }
        String prefix = address.contains(":") ? "/128" : "/32";
        remarks.add(address + ": taken with " + prefix
                + ", as keepalived does; write the prefix length of its network if it is " + "of this host's network");
        return address + prefix;
    }

    private String interfaceName() {
        return instance.all("virtual_ipaddress").stream()
                .flatMap(block -> block.lines().stream())
                .filter(line -> line.words().contains("dev"))
                .map(line -> line.word(line.words().indexOf("dev") + 1))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> instance.value("interface"))
                .orElseThrow(
                        () -> new IllegalArgumentException("no interface in the vrrp_instance (expected: its name)"));
    }

    private List<String> listen(List<String> addresses) {
        List<String> own = addresses.stream()
                .map(address -> address.substring(0, address.indexOf('/')))
                .toList();
        String on = magent.listen();
        if (on == null || on.equals("0.0.0.0") || !own.contains(on)) {
            remarks.add("magent listened on " + (on == null ? "every address" : on)
                    + "; a node listens on its virtual address, while it is active");
        }
        List<String> all = on != null && own.contains(on) ? List.of(on) : own;
        return all.stream()
                .map(address -> (address.contains(":") ? '[' + address + ']' : address) + ':' + magent.port())
                .toList();
    }

    /** A script that looks after magent is not needed; any other is a check. */
    private List<String> checks() {
        List<String> tracked = instance.all("track_script").stream()
                .flatMap(block -> block.lines().stream())
                .map(Block::keyword)
                .toList();
        List<String> checks = new ArrayList<>();
        for (Block script : file.all("vrrp_script")) {
            String name = script.word(1).orElse("script");
            String command = script.value("script").orElse("");
            if (!tracked.contains(name) || command.isEmpty()) {
                continue;
            }
            if ((name + command).matches(".*(magent|keepalived).*")) {
                remarks.add("vrrp_script " + name + " (" + command + "): not taken; a node watches itself");
            } else {
                checks.add(check(name, command, script));
            }
        }
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
        script.value("weight")
                .ifPresent(weight -> remarks.add("vrrp_script " + name + ": weight " + weight
                        + " has no successor: a node whose check fails is not active, whatever the other is"));
        return check.append('}').toString();
    }

    private void leftOut() {
        for (Block line : instance.lines()) {
            String why = NOT_NEEDED.get(line.keyword());
            if (why != null) {
                remarks.add(line.keyword() + ": not needed; " + why);
            } else if (NOTIFIED.contains(line.keyword())) {
                remarks.add(line.keyword() + ' ' + line.word(1).orElse("")
                        + ": not taken; a node opens and closes its port itself. For anything else it does:"
                        + " hooks.notify");
            } else if (!isTaken(line.keyword())) {
                remarks.add(line.keyword() + ": has no successor");
            }
        }
        for (Block block : file.lines()) {
            if (block.keyword().equals("global_defs")) {
                if (block.has("notification_email")) {
                    remarks.add("notification_email: a hook sends mail: hooks.notify: /usr/lib/mempair/hooks/mail");
                }
            } else if (!List.of("vrrp_instance", "vrrp_script").contains(block.keyword())) {
                remarks.add(String.join(" ", block.words()) + ": has no successor");
            }
        }
        magent.ignored().forEach(flag -> remarks.add("magent " + flag + ": not needed"));
    }

    private static boolean isTaken(String keyword) {
        return List.of(
                        "interface",
                        "priority",
                        "virtual_ipaddress",
                        "unicast_src_ip",
                        "unicast_peer",
                        "nopreempt",
                        "preempt_delay",
                        "track_script")
                .contains(keyword);
    }
}
