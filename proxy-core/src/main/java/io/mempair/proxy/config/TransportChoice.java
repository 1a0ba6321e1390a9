package io.mempair.proxy.config;

/** Which of the kernel's interfaces moves the bytes. */
public enum TransportChoice {
    /** The best that works on this host. */
    AUTO,
    IO_URING,
    EPOLL,
    NIO
}
