package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.script.VirtualProxy;

/** Two servers of which one has come back empty, so that the other is the last copy. */
final class LastCopyPair {

    private LastCopyPair() {}

    /** The primary has come back empty; the backup alone has {@code k}. */
    static VirtualProxy withEmptyPrimary() {
        VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31"));
        proxy.restartedBefore(proxy.primary());
        proxy.start();
        proxy.backup().model().put("k", "value");
        proxy.recover();
        return proxy;
    }

    /** The backup has come back empty; the primary alone has {@code k}, which is 5. */
    static VirtualProxy withRefillingBackup() {
        VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31"));
        proxy.restartedBefore(proxy.backup());
        proxy.start();
        proxy.primary().model().put("k", "5");
        proxy.recover();
        return proxy;
    }

    /** The backup answers nothing from now on. */
    static void freeze(VirtualProxy proxy) {
        proxy.backup().automatic(line -> false);
    }
}
