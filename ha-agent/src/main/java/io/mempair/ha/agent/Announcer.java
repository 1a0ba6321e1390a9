package io.mempair.ha.agent;

import io.mempair.ha.address.Notifications;
import io.mempair.ha.election.Transition;
import java.util.Locale;
import java.util.function.Consumer;

/** Receives each change of role on the agent thread; must not block. Closed after the last one. */
interface Announcer extends Consumer<Transition>, AutoCloseable {

    /** Does nothing. */
    Announcer NOBODY = new Announcer() {
        @Override
        public void accept(Transition transition) {}

        @Override
        public void close() {}
    };

    @Override
    void close();

    /** Runs the operator's hook; owns {@code notifications} and closes it. */
    static Announcer by(Notifications notifications) {
        return new Announcer() {
            @Override
            public void accept(Transition transition) {
                notifications.roleChanged(
                        transition.from().name().toLowerCase(Locale.ROOT),
                        transition.to().name().toLowerCase(Locale.ROOT),
                        transition.epoch(),
                        transition.reason().text());
            }

            @Override
            public void close() {
                notifications.close();
            }
        };
    }
}
