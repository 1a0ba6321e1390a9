package io.mempair.proxy.command;

import io.mempair.proxy.command.stats.PoolStatus;

/** What the proxy says of itself as a whole, to clients of any loop. */
public interface ProxyFacts extends PoolStatus {

    /** The line of {@code version}: the lowest of the servers, because clients draw conclusions from it. */
    byte[] versionReply();

    /**
     * A client asked for another log level; it is not told what becomes of it.
     *
     * @param level  0 for what is normal, more for more
     */
    void verbosity(int level);
}
