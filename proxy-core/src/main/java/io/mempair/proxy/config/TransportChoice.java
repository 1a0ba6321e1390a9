package io.mempair.proxy.config;

/** Which kernel interface moves the bytes. */
public enum TransportChoice {
    /** The best that works on this host. */
    AUTO,
    IO_URING,
    EPOLL,
    NIO
}
