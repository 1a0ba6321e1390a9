package io.mempair.proxy.frontend.request;

/** What the proxy says of itself as a whole, to clients of any loop. */
public interface ProxyFacts {

    /** The lines of {@code stats}, END included. */
    byte[] statsReply();

    /** The line of {@code version}: the lowest of the servers, because clients draw conclusions from it. */
    byte[] versionReply();
}
