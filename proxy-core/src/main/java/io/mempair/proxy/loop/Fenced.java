package io.mempair.proxy.loop;

/** A connection to a server, as {@link LoopContext#cutOff} sees it. */
public interface Fenced {

    /**
     * This proxy may not serve any more: a request that the server has not been sent, or not wholly, must never reach it.
     * The connection is given up if there may be one. On the loop.
     */
    void cutOff();
}
