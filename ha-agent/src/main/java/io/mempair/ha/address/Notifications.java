package io.mempair.ha.address;

import java.util.Map;

/**
 * Runs the operator's {@code notify} hook after each change of role: one run at a time, in order, on its own thread. A
 * failure is logged only. Any thread; never blocks, except {@link #close}.
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

    /** Runs the queued notifications for at most a second. */
    @Override
    public void close() {
        thread.close();
    }
}
