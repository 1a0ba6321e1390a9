package io.mempair.ha.config;

/** How a line of the log looks. */
public enum LogFormat {
    /** For people; for the journal of systemd without its time, and with its priority. */
    TEXT,
    /** One object a line, for programs that collect logs. */
    JSON
}
