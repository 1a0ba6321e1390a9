package io.mempair.ha.cli;

import picocli.CommandLine.Command;

/** {@code mempair standby}: the operator takes a node out. */
@Command(
        name = "standby",
        description =
                "Takes this node out for maintenance: it hands the address over, and does not take it before `online`.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.DONE, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {"", "Example:", "  mempair standby && apt upgrade && systemctl restart mempair"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StandbyCommand extends AskingCommand {

    StandbyCommand() {
        super("standby");
    }
}
