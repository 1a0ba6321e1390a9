package io.mempair.deploy;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A mistake on the machine, how it is made on host a of the lab, and where its message is found.
 *
 * @param what     the mistake, for the reader of the document
 * @param key      what the message must name: a key of the file, as a rule
 * @param place    who says it
 * @param found    the message, in what is said there
 * @param command  words before {@code mempair}
 * @param busy     a port of host a that another process has, for nc; empty for none
 * @param own      changes the file of node a
 * @param peer     changes the file of node b, which runs too; null where it does not
 */
record MachineMistake(
        String what,
        String key,
        Place place,
        Pattern found,
        List<String> command,
        List<String> busy,
        UnaryOperator<String> own,
        UnaryOperator<String> peer) {

    /** Who says it. */
    enum Place {
        CHECK("`check-config`"),
        START("the start, which ends"),
        LOG("the log, and `mempair status`"),
        STATUS("`mempair status`");

        private final String text;

        Place(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private static final Pattern IN_CHECK = Pattern.compile("(?m)^\\S+\\.yaml: (?!good)(.*)$");
    private static final Pattern AT_START = Pattern.compile("(?m)^mempair node: (.*)$");
    private static final Pattern UNFIT = Pattern.compile("(?m) not fit to be active: (.*) event=unfit$");

    static List<MachineMistake> all() {
        return List.of(
                check(
                        "The interface has another name here",
                        "virtual-address.interface",
                        edit("interface: eth0", "interface: eth1")),
                check(
                        "The virtual address is in no network of the interface",
                        "virtual-address.address",
                        edit(Lab.VIP + "/24", "10.99.0.100/24")),
                check(
                        "`group.bind` is no address of this host",
                        "group.bind",
                        edit("bind: 10.77.0.11", "bind: 10.77.0.99")),
                check(
                                "A peer is this host, by another address of it",
                                "group.peers",
                                edit("peers: [10.77.0.12]", "peers: [10.77.0.15]"))
                        .by(
                                "sh",
                                "-c",
                                "ip addr add 10.77.0.15/24 dev eth0; \"$@\"; ended=$?; ip addr del 10.77.0.15/24 dev eth0;"
                                        + " exit $ended",
                                "sh"),
                check(
                                "Fewer open files than `max-clients` needs",
                                "max-clients",
                                edit("proxy:\n", "proxy:\n  loops: 2\n"))
                        .by("prlimit", "--nofile=200:200"),
                start("The port of `admin.http` is in use", "admin.http", file -> file)
                        .with("10.77.0.11", "9411"),
                start(
                        "The folder of the control socket cannot be made",
                        "admin.control",
                        file -> file.replaceFirst("control: .*", "control: /proc/mempair/control.sock")),
                log("The port for clients is in use", "proxy.listen", UNFIT).with("0.0.0.0", "11211"),
                log("The user may not change addresses", "virtual-address", UNFIT)
                        .by("setpriv", "--bounding-set=-net_admin,-net_raw"),
                log(
                                "The port of the channel is in use",
                                "group.bind",
                                Pattern.compile("(?m) GroupChannel: (group\\.bind: .*) event=channel_failed$"))
                        .with("10.77.0.11", "7800"),
                log(
                                "A server that is not there",
                                "10.77.0.21:11999",
                                Pattern.compile("(?m) (server \\S+ unreachable .*) event=server_unreachable$"))
                        .in(file -> file.replaceFirst("servers: .*", "servers: [10.77.0.21:11999]")),
                log(
                                "Both nodes have one name",
                                "node.name",
                                Pattern.compile("(?m)AgentLoop: (another node calls itself .*?)( event=\\S+)?$"))
                        .beside(edit("name: b", "name: a")),
                log(
                                "The servers stand in another order in the other file",
                                "servers",
                                Pattern.compile("(?m)AgentLoop: (b places keys differently .*?)( event=\\S+)?$"))
                        .beside(file ->
                                file.replaceFirst("servers: .*", "servers: [10.77.0.22:11211, 10.77.0.21:11211]")),
                status(
                        "The other node is not running, or a firewall is between them",
                        "connecting fails",
                        file -> file),
                status("The two nodes do not have one secret", "group.key-file", file -> file)
                        .beside(file -> file.replace("group:\n", "group:\n  key-file: SECRETS/pair.key\n")));
    }

    private static UnaryOperator<String> edit(String good, String bad) {
        return file -> {
            if (!file.contains(good)) {
                throw new AssertionError("no '" + good + "' in " + file);
            }
            return file.replace(good, bad);
        };
    }

    private static MachineMistake check(String what, String key, UnaryOperator<String> own) {
        return new MachineMistake(what, key, Place.CHECK, IN_CHECK, List.of(), List.of(), own, null);
    }

    private static MachineMistake start(String what, String key, UnaryOperator<String> own) {
        return new MachineMistake(what, key, Place.START, AT_START, List.of(), List.of(), own, null);
    }

    private static MachineMistake log(String what, String key, Pattern found) {
        return new MachineMistake(what, key, Place.LOG, found, List.of(), List.of(), file -> file, null);
    }

    private static MachineMistake status(String what, String key, UnaryOperator<String> own) {
        Pattern check =
                Pattern.compile("\"name\":\"(peer [^\"]*)\",\"good\":false,\"outcome\":\"((?:[^\"\\\\]|\\\\.)*)\"");
        return new MachineMistake(what, key, Place.STATUS, check, List.of(), List.of(), own, null);
    }

    private MachineMistake by(String... words) {
        return new MachineMistake(what, key, place, found, List.of(words), busy, own, peer);
    }

    private MachineMistake with(String... words) {
        return new MachineMistake(what, key, place, found, command, List.of(words), own, peer);
    }

    private MachineMistake in(UnaryOperator<String> change) {
        return new MachineMistake(what, key, place, found, command, busy, change, peer);
    }

    private MachineMistake beside(UnaryOperator<String> change) {
        return new MachineMistake(what, key, place, found, command, busy, own, change);
    }

    @Override
    public String toString() {
        return what;
    }
}
