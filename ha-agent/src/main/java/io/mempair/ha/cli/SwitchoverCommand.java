package io.mempair.ha.cli;

import picocli.CommandLine.Command;

/** {@code mempair switchover}: the active node hands the address to its peer. */
@Command(
        name = "switchover",
        description = "Hands the address to the other node; run it on the active node.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.DONE, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {"", "Examples:", "  mempair switchover", "  mempair switchover && mempair wait standby"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SwitchoverCommand extends AskingCommand {

    SwitchoverCommand() {
        super("switchover");
    }
}
