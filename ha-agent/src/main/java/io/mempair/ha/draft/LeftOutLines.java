package io.mempair.ha.draft;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.List;
import java.util.Map;

/** Says why the other lines of the two files are left out: they are not needed, or have no successor. */
final class LeftOutLines {

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

    private LeftOutLines() {}

    /** Remarks on each of them. */
    static void remark(Block file, Block instance, MagentLine magent, ImportNotes notes) {
        for (Block line : instance.lines()) {
            String why = NOT_NEEDED.get(line.keyword());
            if (why != null) {
                notes.remark(notes.at(line), line.keyword() + ": not needed; " + why);
            } else if (NOTIFIED.contains(line.keyword())) {
                notes.remark(
                        notes.at(line),
                        line.keyword() + ' ' + line.word(1).orElse("")
                                + ": not taken; a node opens and closes its port itself. For anything else it does:"
                                + " hooks.notify");
            } else if (!TAKEN.contains(line.keyword())) {
                notes.remark(notes.at(line), String.join(" ", line.words()) + ": has no successor");
            }
        }
        for (Block block : file.lines()) {
            if (block.keyword().equals("global_defs")) {
                globalDefinitions(block, notes);
            } else if (block.keyword().equals("vrrp_instance")) {
                if (block.line() != instance.line()) {
                    notes.remark(
                            notes.at(block),
                            String.join(" ", block.words())
                                    + ": not taken; another address is a second instance (mempair@NAME) with its own"
                                    + " file: import it with --instance");
                }
            } else if (!block.keyword().equals("vrrp_script")) {
                notes.remark(notes.at(block), String.join(" ", block.words()) + ": has no successor");
            }
        }
        magent.notNeeded().forEach(flag -> notes.remark(notes.at(magent), "magent " + flag + ": not needed"));
        magent.unknown()
                .forEach(word ->
                        notes.remark(notes.at(magent), "magent " + word + ": not taken; this flag is not known"));
    }

    private static void globalDefinitions(Block block, ImportNotes notes) {
        for (Block line : block.lines()) {
            if (line.keyword().equals("notification_email")) {
                notes.remark(
                        notes.at(line),
                        "notification_email: a hook sends mail: hooks.notify: /usr/lib/mempair/hooks/mail");
            } else if (!line.keyword().startsWith("smtp_") && !line.keyword().startsWith("notification_email")) {
                notes.remark(notes.at(line), String.join(" ", line.words()) + ": not needed");
            }
        }
    }
}
