package io.mempair.proxy.server;

/** The setup that a proxy serves by; a reload replaces it. Any thread. */
final class SetupInUse {

    private volatile Setup setup;

    SetupInUse(Setup first) {
        setup = first;
    }

    Setup get() {
        return setup;
    }

    void set(Setup next) {
        setup = next;
    }
}
