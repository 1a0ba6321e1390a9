package io.mempair.ha.cli;

import java.io.PrintWriter;

/** Who reads what a command prints: a terminal, a file, or a program behind a pipe, which may end sooner. */
final class OutputReader {

    private OutputReader() {}

    /**
     * Whether what was printed last found no reader, as behind {@code | head} after its lines. Standard output is asked too: writers
     * on top of it are not told.
     *
     * @param out  of the command
     */
    static boolean isGone(PrintWriter out) {
        return out.checkError() || System.out.checkError();
    }
}
