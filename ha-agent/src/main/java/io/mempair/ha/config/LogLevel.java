package io.mempair.ha.config;

/** How much is logged; each level with all before it. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
}
