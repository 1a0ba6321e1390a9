package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.route.MovedKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the program that runs on this host has the keys, beside where a file would have them. */
final class RunningPlacement {

    private static final String OK = "ok ";

    private RunningPlacement() {}

    /**
     * The share of keys that belong to another server by {@code wanted} than by what runs, in percent. 0 if there are none, if
     * nothing runs, or if it is of a version that does not tell.
     *
     * @param control  the control socket of what runs, or null if it has none
     */
    static int movedPercent(@Nullable Path control, PoolConfig wanted) {
        if (control == null) {
            return 0;
        }
        try {
            String answer = ControlClient.ask(control, "placement");
            return answer.startsWith(OK)
                    ? MovedKeys.percent(ConfigReader.readPlacement(answer.substring(OK.length())), wanted)
                    : 0;
        } catch (IOException | ConfigException e) {
            return 0;
        }
    }
}
