package io.mempair.ha.check;

import io.mempair.ha.config.HooksConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rights that a unit of systemd gives a node, or those of this process if there is no such unit, against what holding an address
 * needs. Reads a few small files at each call; any thread.
 */
public final class NodeRights {

    private static final String AMBIENT = "AmbientCapabilities";

    private static final List<String> NEEDED = List.of("CAP_NET_ADMIN", "CAP_NET_RAW");

    /** Without it the guard has no real-time priority, and a busy host can delay it. */
    private static final String WANTED = "CAP_SYS_NICE";

    private final List<Path> folders;
    private final Preflight ownProcess;

    /** For this host and process. */
    public NodeRights(Preflight ownProcess) {
        this(UnitFile.FOLDERS, ownProcess);
    }

    NodeRights(List<Path> folders, Preflight ownProcess) {
        this.folders = List.copyOf(folders);
        this.ownProcess = ownProcess;
    }

    /** What is missing, each with its remedy; nothing if hooks hold the address. */
    public List<String> warnings(String unit, HooksConfig hooks) {
        if (hooks.address() == HooksConfig.Holder.HOOKS) {
            return List.of();
        }
        UnitFile file = UnitFile.of(folders, unit);
        if (!file.exists()) {
            return ownProcess.missingRights().stream()
                    .map(text -> "started from here: " + text)
                    .toList();
        }
        String user = file.last("User").orElse("root");
        if (user.isEmpty() || user.equals("root")) {
            return List.of();
        }
        List<String> given = file.words(AMBIENT);
        List<String> warnings = new ArrayList<>();
        for (String capability : NEEDED) {
            if (!given.contains(capability)) {
                warnings.add(unit + ": no " + capability + ", so it cannot hold the address (expected: " + AMBIENT + '='
                        + String.join(" ", NEEDED) + " CAP_NET_BIND_SERVICE " + WANTED + ')');
            }
        }
        if (warnings.isEmpty() && !given.contains(WANTED)) {
            warnings.add(unit + ": no " + WANTED
                    + ", so the guard of the address has no real-time priority (expected: in " + AMBIENT + ')');
        }
        return warnings;
    }
}
