package io.mempair.proxy.command;

import io.mempair.proxy.command.stats.PoolStatus;

/** Facts about the whole proxy, for clients of any loop. */
public interface ProxyFacts extends PoolStatus {

    /** The reply to {@code version}: the lowest version of all servers, because clients rely on it. */
    byte[] versionReply();

    /**
     * A client requested another log level.
     *
     * @param level  0 for the normal level; higher is more verbose
     */
    void verbosity(int level);
}
