package io.mempair.proxy.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small text file that an operator wrote. Whatever is wrong with it is told in words, the same by every command: the messages of
 * its exceptions go behind the name of the file, as in {@code is not there (expected: ...)}.
 */
public final class TextFile {

    private static final String READABLE = " (expected: a file that this user can read)";

    /** Of {@code st_mode}, inode(7): what kind of file it is. */
    private static final int KIND = 0xf000;

    private static final int PIPE = 0x1000;
    private static final int REGULAR = 0x8000;
    private static final int SOCKET = 0xc000;

    private TextFile() {}

    /**
     * Its text. Blocks, though never for a writer: what is no regular file is refused before it is opened.
     *
     * @param maxBytes  more than any such file has
     * @param charset   ISO-8859-1 takes every byte, also those of a file that is no text: the caller says what it lacks
     * @throws IOException with words for the operator
     */
    public static String read(Path file, int maxBytes, Charset charset) throws IOException {
        requireReadable(file);
        return text(file, maxBytes, charset);
    }

    /**
     * As {@link #read}, and of a pipe as well, as a shell makes one for {@code <(COMMAND)}: for what a person waits for, because it
     * blocks until the other end has written all.
     */
    public static String readOrPiped(Path file, int maxBytes, Charset charset) throws IOException {
        requireReadable(file, true);
        return text(file, maxBytes, charset);
    }

    private static String text(Path file, int maxBytes, Charset charset) throws IOException {
        try {
            if (Files.size(file) > maxBytes) {
                throw tooLong(Files.size(file) + " bytes", maxBytes);
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(maxBytes + 1); // it may have grown, and what is no regular file has no size
            }
            if (bytes.length > maxBytes) {
                throw tooLong("more than " + SizeText.of(maxBytes) + " bytes", maxBytes);
            }
            String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (!charset.equals(StandardCharsets.ISO_8859_1) && text.indexOf('\0') >= 0) {
                throw new IOException("is not text, it has a byte of 0 (expected: a text file)");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new IOException("is not text in " + charset + " (expected: a text file)", e);
        } catch (FileSystemException e) {
            throw new IOException("cannot be read: " + FailureText.of(e) + READABLE, e);
        }
    }

    private static IOException tooLong(String has, int maxBytes) {
        return new IOException("has " + has + " (expected: a text file of at most " + SizeText.of(maxBytes) + ')');
    }

    /**
     * Returns if there is such a file, and this user can read it.
     *
     * @throws IOException with words for the operator
     */
    public static void requireReadable(Path file) throws IOException {
        requireReadable(file, false);
    }

    private static void requireReadable(Path file, boolean pipes) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("is a folder (expected: a file)");
        }
        if (Files.notExists(file)) {
            throw new IOException("is not there" + READABLE);
        }
        if (!Files.isReadable(file)) {
            throw new IOException("cannot be read: no permission for this user" + READABLE);
        }
        int kind = kind(file);
        if (kind != REGULAR && !(pipes && kind == PIPE)) {
            String what = kind == PIPE ? "pipe" : kind == SOCKET ? "socket" : "device";
            throw new IOException("is a " + what + " (expected: a file)");
        }
    }

    private static int kind(Path file) throws IOException {
        try {
            return (int) Files.getAttribute(file, "unix:mode") & KIND;
        } catch (FileSystemException e) {
            throw new IOException("cannot be read: " + FailureText.of(e) + READABLE, e);
        }
    }
}
