package io.mempair.ha.cli;

/** The exit codes of commands as picocli's {@code exitCodeList} takes them, where several commands mean the same by one. */
final class ExitCodes {

    /** Above the list in {@code --help}. */
    static final String HEADING = "%nExit codes:%n";

    /** The same for every command, see {@link Main}. */
    static final String WRONG = "2:the command line, or a file it names, cannot be right";

    static final String NO_ANSWER = "1:nothing on this host answers, or it could not do it: the message says which";

    static final String SHOWN = "0:it is shown";

    static final String DONE = "0:it is done";

    static final String STOPPED = "0:a signal ended it, in order";

    static final String BROKEN = "1:it cannot start, or broke: the message says what";

    static final String HEAP_FULL = "3:the Java heap is full, where it cannot end with 1";

    private ExitCodes() {}
}
