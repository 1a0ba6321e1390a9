package io.mempair.proxy.config;

import java.io.IOException;
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

    private TextFile() {}

    /**
     * Its text. Blocks.
     *
     * @param maxBytes  more than any such file has
     * @param charset   ISO-8859-1 takes every byte, also those of a file that is no text: the caller says what it lacks
     * @throws IOException with words for the operator
     */
    public static String read(Path file, long maxBytes, Charset charset) throws IOException {
        requireReadable(file);
        try {
            if (Files.size(file) > maxBytes) {
                throw new IOException("is over " + maxBytes + " bytes (expected: a text file)");
            }
            String text = Files.readString(file, charset);
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

    /**
     * Returns if there is such a file, and this user can read it.
     *
     * @throws IOException with words for the operator
     */
    public static void requireReadable(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("is a folder (expected: a file)");
        }
        if (Files.notExists(file)) {
            throw new IOException("is not there" + READABLE);
        }
        if (!Files.isReadable(file)) {
            throw new IOException("cannot be read: no permission for this user" + READABLE);
        }
    }
}
