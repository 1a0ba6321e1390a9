package io.mempair.proxy.loop;

/** A connection to a server, as {@link LoopContext#cutOff} sees it. */
public interface Fenced {

    /**
     * The node may no longer serve: an unsent or partly sent request must never reach the server. Drops the connection
     * if there may be one. Called on the loop.
     */
    void cutOff();
}
