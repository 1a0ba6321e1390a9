package io.mempair.ha.config;

import io.mempair.proxy.config.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What one file holds, read once, however often {@link ConfigReader} is asked what it means.
 *
 * @param path  where it was read, for messages
 * @param text  all of it
 */
public record ConfigText(Path path, String text) {

    /** The file of a pool with hundreds of named servers has a tenth of it, and what YAML makes of it fits into every heap. */
    public static final int MAX_BYTES = 1 << 20;

    /**
     * Reads a file. Blocks.
     *
     * @throws ConfigException if there is none, it is too long, or no text
     */
    public static ConfigText of(Path file) throws ConfigException {
        try {
            return new ConfigText(file, TextFile.read(file, MAX_BYTES, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Reads a file or a pipe, for a command that a person waits for: see {@link TextFile#readOrPiped}. */
    public static ConfigText ofFileOrPipe(Path file) throws ConfigException {
        try {
            return new ConfigText(file, TextFile.readOrPiped(file, MAX_BYTES, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ConfigException unreadable(Path file, IOException e) {
        return new ConfigException(List.of(file + ":1:1: " + e.getMessage()));
    }
}
