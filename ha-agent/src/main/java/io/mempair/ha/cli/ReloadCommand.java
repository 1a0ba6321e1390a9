package io.mempair.ha.cli;

import picocli.CommandLine.Command;

/** {@code mempair reload}: the program on this host reads its file again. */
@Command(
        name = "reload",
        description = "Has the node or proxy on this host read its file again; no client is dropped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReloadCommand extends AskingCommand {

    ReloadCommand() {
        super("reload");
    }
}
