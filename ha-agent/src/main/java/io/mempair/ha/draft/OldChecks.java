package io.mempair.ha.draft;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.ArrayList;
import java.util.List;

/** The scripts that keepalived runs, a {@code vrrp_script} each, as checks of a node. */
final class OldChecks {

    /** Of lines of a {@code vrrp_script} that a check has too. */
    private static final List<String> CHECK_KEYS = List.of("script", "interval", "timeout", "rise", "fall", "weight");

    private OldChecks() {}

    /** A script that looks after magent is not needed; any other is a check. */
    static List<String> of(Block file, Block instance, ImportNotes notes) {
        List<Block> tracked = instance.within("track_script");
        List<String> names = tracked.stream().map(Block::keyword).toList();
        tracked.forEach(line -> notes.restOf(line, "track_script", 1));
        List<String> checks = new ArrayList<>();
        for (Block script : file.all("vrrp_script")) {
            String name = script.word(1).orElse("script");
            String command = script.value("script").orElse("");
            if (!names.contains(name) || command.isEmpty()) {
                notes.remark(
                        notes.at(script),
                        "vrrp_script " + name + ": not taken; "
                                + (command.isEmpty() ? "it has no script" : "the instance does not track it"));
            } else if ((name + command).matches(".*(magent|keepalived).*")) {
                notes.remark(
                        notes.at(script),
                        "vrrp_script " + name + " (" + command + "): not taken; a node watches itself");
            } else {
                checks.add(check(name, command, script, notes));
                notes.origin("checks " + checks.size(), notes.at(script));
            }
        }
        List<String> known = file.all("vrrp_script").stream()
                .flatMap(script -> script.word(1).stream())
                .toList();
        tracked.stream()
                .filter(line -> !known.contains(line.keyword()))
                .forEach(line -> notes.remark(
                        notes.at(line),
                        "track_script " + line.keyword() + ": not taken; there is no such vrrp_script"));
        return checks;
    }

    private static String check(String name, String command, Block script, ImportNotes notes) {
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
                .ifPresent(weight -> notes.remark(
                        notes.at(weight),
                        "vrrp_script " + name + ": weight " + weight.word(1).orElse("")
                                + " has no successor: a node whose check fails is not active, whatever the other is"));
        script.lines().stream()
                .filter(line -> !CHECK_KEYS.contains(line.keyword()))
                .forEach(line -> notes.remark(
                        notes.at(line),
                        "vrrp_script " + name + ": " + String.join(" ", line.words()) + " has no successor"));
        return check.append('}').toString();
    }
}
