package io.mempair.ha.cli;

import io.mempair.proxy.config.FailureText;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Standard output of the program. It remembers why something could not be written, which the writers on top of it forget: a file made by
 * {@code mempair import > FILE} on a full disk must not pass for a whole one. Any thread.
 */
final class StandardOutput extends OutputStream {

    private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

    private final FileOutputStream file = new FileOutputStream(FileDescriptor.out);
    private volatile @Nullable IOException failure;

    private StandardOutput() {}

    /** In the place of {@link System#out}, from now on. */
    static StandardOutput install() {
        var output = new StandardOutput();
        System.setOut(new PrintStream(new BufferedOutputStream(output), false, Charset.defaultCharset()));
        return output;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            file.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Of the whole program, said on standard error if success is none because its words were lost. A reader that has read enough, as
     * {@code head}, is no failure.
     *
     * @param ofCommand  exit code of the command
     * @param ofLost     that of a command that did its work and whose words were lost
     */
    int exitCode(int ofCommand, int ofLost) {
        System.out.flush();
        IOException lost = failure;
        if (lost == null || isReadByAnotherProgram()) {
            return ofCommand;
        }
        System.err.println(
                "mempair: standard output cannot be written, so what is there is not whole: " + FailureText.of(lost));
        return ofCommand == 0 ? ofLost : ofCommand;
    }

    private static boolean isReadByAnotherProgram() {
        try {
            return Files.readSymbolicLink(DESCRIPTOR).toString().matches("(pipe|socket):.*");
        } catch (IOException e) {
            return false; // closed
        }
    }
}
