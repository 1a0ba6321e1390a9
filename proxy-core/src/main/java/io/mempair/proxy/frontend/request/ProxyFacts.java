package io.mempair.proxy.frontend.request;

import io.mempair.proxy.frontend.stats.PoolStatus;

/** What the proxy says of itself as a whole, to clients of any loop. */
public interface ProxyFacts extends PoolStatus {

    /** The line of {@code version}: the lowest of the servers, because clients draw conclusions from it. */
    byte[] versionReply();
}
