package io.mempair.ha.address;

import java.util.Map;

/**
 * Tells the operator's {@code notify} hook what became of the node: one run after the other, in order, on a thread of
 * its own. A run that fails is logged and nothing else. Any thread may call; never waits, but for {@link #close}.
 */
public final class Notifications implements AutoCloseable {

    private final Hooks hooks;
    private final HookThread thread = new HookThread("mempair-notify");

    public Notifications(Hooks hooks) {
        this.hooks = hooks;
    }

    /**
     * After a change of role.
     *
     * @param oldRole  in lower case, as {@code role}
     * @param epoch    the reign that began or ended
     * @param reason   one line for the operator
     */
    public void roleChanged(String oldRole, String role, long epoch, String reason) {
        if (hooks.canNotify()) {
            Map<String, String> variables = Map.of(
                    "MEMPAIR_OLD_ROLE",
                    oldRole,
                    "MEMPAIR_ROLE",
                    role,
                    "MEMPAIR_EPOCH",
                    Long.toString(epoch),
                    "MEMPAIR_REASON",
                    reason);
            thread.submit(() -> hooks.notification(variables));
        }
    }

    /** What waits is told, for at most a second. */
    @Override
    public void close() {
        thread.close();
    }
}
