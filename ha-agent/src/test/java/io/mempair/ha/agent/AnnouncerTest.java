package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.address.Hooks;
import io.mempair.ha.address.Notifications;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.election.Reason;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class AnnouncerTest {

    @TempDir
    private Path folder;

    @Test
    void theHookIsToldAChangeOfRoleAlsoWhenTheNodeClosesAtOnce() throws IOException {
        Path seen = folder.resolve("seen");
        Path hook = Files.writeString(
                folder.resolve("hook"),
                "#!/bin/bash\necho $MEMPAIR_OLD_ROLE $MEMPAIR_ROLE $MEMPAIR_EPOCH $MEMPAIR_REASON > " + seen + '\n');
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        Hooks hooks = new Hooks(
                new HooksConfig(null, null, hook, null, Duration.ofSeconds(10), HooksConfig.Holder.GUARD),
                "a",
                new VirtualAddressConfig("10.0.0.100", 24, "eth0"));
        Announcer announcer = Announcer.by(new Notifications(hooks));

        announcer.accept(new Transition(
                Role.ACTIVE, Role.STANDBY, 5, new Reason(Reason.Cause.STOP, "stop requested"), 1_000_000));
        announcer.close();

        assertThat(seen).hasContent("active standby 5 stop requested");
    }
}
