package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;

/** What a server was through before a script begins. */
enum ServerCondition {
    /** It holds every write. */
    SERVING,
    /** It has come back empty. */
    REFILLING,
    /** It has missed a write of the key, and holds the value from before that. */
    OUT;

    /** What a server that is out still holds: never to be read. */
    static final String OUTDATED = "outdated";

    /**
     * Two servers and a key in these conditions.
     *
     * @param value  of the key at each server that is not out, as far as a refilling one may have it; null for none
     */
    static VirtualProxy play(
            VirtualProxy.VirtualSetup setup,
            ServerCondition primary,
            ServerCondition backup,
            String key,
            String value) {
        VirtualProxy proxy = new VirtualProxy(setup);
        prepare(proxy, proxy.primary(), primary);
        prepare(proxy, proxy.backup(), backup);
        proxy.start();
        if (primary == OUT) {
            proxy.primary().model().put(key, OUTDATED);
            proxy.missed(proxy.primary(), key);
        }
        if (backup == OUT) {
            proxy.backup().model().put(key, OUTDATED);
            proxy.missed(proxy.backup(), key);
        }
        if (value != null) {
            if (primary == SERVING || (primary == REFILLING && backup == OUT)) {
                proxy.primary().model().put(key, value);
            }
            if (backup == SERVING || (backup == REFILLING && primary != SERVING)) {
                proxy.backup().model().put(key, value);
            }
        }
        return proxy;
    }

    private static void prepare(VirtualProxy proxy, VirtualServer server, ServerCondition condition) {
        if (condition == REFILLING) {
            proxy.restartedBefore(server);
        }
    }
}
