package io.mempair.ha.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Flags of magent that mean nothing here. They are accepted, so that old start lines work, but never in silence. */
final class MagentFlags {

    @Option(
            names = "-i",
            paramLabel = "N",
            description = "magent's idle connections a server: not needed, each event loop keeps one (see --loops)")
    private String idleConnections = "";

    @Option(
            names = {"-u", "--user"},
            paramLabel = "UID",
            description = "magent's user id: start mempair as that user (systemd User=, or setpriv --reuid)")
    private String user = "";

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GID",
            description = "magent's group id: start mempair with that group (systemd Group=, or setpriv --regid)")
    private String group = "";

    @Option(names = "-D", description = "magent's 'stay in the foreground': mempair always does")
    private boolean foreground;

    @Option(
            names = "-c",
            paramLabel = "FILE",
            description = "magent 0.7's key file: shown as the file that --config takes; nothing is started")
    private String keyFile = "";

    /** magent 0.7's file, or empty. */
    String keyFile() {
        return keyFile;
    }

    /** One line for each flag that was given. */
    void explain(PrintWriter err) {
        say(
                err,
                !idleConnections.isEmpty(),
                "-i " + idleConnections
                        + ": ignored; each event loop keeps one connection a server, --loops sets their number");
        say(
                err,
                !user.isEmpty(),
                "-u " + user + ": ignored; start mempair as that user (systemd User=, setpriv --reuid)");
        say(
                err,
                !group.isEmpty(),
                "-g " + group + ": ignored; start mempair with that group (systemd Group=, setpriv --regid)");
        say(err, foreground, "-D: ignored; mempair always stays in the foreground, systemd or '&' puts it behind");
        err.flush();
    }

    private static void say(PrintWriter err, boolean given, String line) {
        if (given) {
            err.println("mempair proxy: " + line);
        }
    }
}
