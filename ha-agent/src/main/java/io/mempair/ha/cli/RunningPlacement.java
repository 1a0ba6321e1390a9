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
     * The share of keys that belong to another server by {@code wanted} than by what runs. None if nothing runs, or if it is of
     * a version that does not tell.
     *
     * @param control  the control socket of what runs, or null if it has none
     */
    static MovedKeys moved(@Nullable Path control, PoolConfig wanted) {
        if (control == null) {
            return MovedKeys.NONE;
        }
        try {
            String answer = ControlClient.ask(control, "placement");
            return answer.startsWith(OK)
                    ? MovedKeys.between(ConfigReader.readPlacement(answer.substring(OK.length())), wanted)
                    : MovedKeys.NONE;
        } catch (IOException | ConfigException e) {
            return MovedKeys.NONE;
        }
    }
}
