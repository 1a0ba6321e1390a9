package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.agent.WitnessNode;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.WitnessConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mempair witness}: the third voter, until a signal ends it; exit code 1 when it broke by itself. */
@Command(
        name = "witness",
        description = "Votes for the nodes of a pair and never serves, until SIGTERM.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.STOPPED, ExitCodes.BROKEN, ExitCodes.WRONG, ExitCodes.HEAP_FULL},
        footer = {
            "",
            "Examples:",
            "  mempair witness --config /etc/mempair/witness.yaml",
            "  systemctl enable --now mempair-witness"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class WitnessCommand implements Callable<Integer> {

    @Mixin
    private MemberOptions options = new MemberOptions();

    @Override
    public Integer call() throws ConfigException, CommandFailure, InterruptedException {
        WitnessConfig read = ConfigReader.readWitness(options.file());
        Logging.as(read.log(), options.verbose());
        MemberRun run = MemberRun.begin("witness", read.name());
        var nothing = Reloading.never("a witness has nothing to reload: start it again");
        var witness = new WitnessNode(read, run.reloading(nothing));
        AdminServer admin = run.open(witness, read.admin());
        return run.untilSignal(witness, admin, ServiceStatus::ofWitness);
    }
}
