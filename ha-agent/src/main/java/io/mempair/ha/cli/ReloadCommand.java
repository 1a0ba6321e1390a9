package io.mempair.ha.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mempair reload}: the program on this host reads its file again. */
@Command(
        name = "reload",
        description = "Has the node or proxy on this host read its file again; no client is dropped.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the file is applied, or with --dry-run can be",
            ExitCodes.NO_ANSWER,
            "2:the command line or the file cannot be right; nothing has changed"
        },
        footer = {
            "",
            "Examples:",
            "  mempair reload",
            "  mempair reload --dry-run",
            "  mempair check-config /etc/mempair/mempair.yaml && mempair reload"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReloadCommand extends AskingCommand {

    @Option(
            names = "--dry-run",
            description = "says what a reload would change, and how many keys that moves; applies nothing")
    private boolean dryRun;

    ReloadCommand() {
        super("reload");
    }

    @Override
    String question() {
        return dryRun ? super.question() + " dry-run" : super.question();
    }
}
