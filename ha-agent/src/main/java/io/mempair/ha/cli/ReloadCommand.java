package io.mempair.ha.cli;

import picocli.CommandLine.Command;

/** {@code mempair reload}: the program on this host reads its file again. */
@Command(
        name = "reload",
        description = "Has the node or proxy on this host read its file again; no client is dropped.",
        footer = {
            "",
            "Examples:",
            "  mempair reload",
            "  mempair check-config /etc/mempair/mempair.yaml && mempair reload"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReloadCommand extends AskingCommand {

    ReloadCommand() {
        super("reload");
    }
}
