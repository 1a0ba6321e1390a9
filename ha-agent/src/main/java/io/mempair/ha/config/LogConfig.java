package io.mempair.ha.config;

/**
 * What is logged, and how.
 *
 * @param level   how much
 * @param format  how a line looks; a running program keeps it
 */
public record LogConfig(LogLevel level, LogFormat format) {

    /** What the file means when it says nothing. */
    public static final LogConfig DEFAULT = new LogConfig(LogLevel.INFO, LogFormat.TEXT);
}
