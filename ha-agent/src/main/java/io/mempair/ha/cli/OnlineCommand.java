package io.mempair.ha.cli;

import picocli.CommandLine.Command;

/** {@code mempair online}: a node taken out may be active again. */
@Command(
        name = "online",
        description = "Ends the maintenance of this node; it does not take the address from a node that serves.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.DONE, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {"", "Example:", "  mempair online && mempair wait standby serving"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class OnlineCommand extends AskingCommand {

    OnlineCommand() {
        super("online");
    }
}
