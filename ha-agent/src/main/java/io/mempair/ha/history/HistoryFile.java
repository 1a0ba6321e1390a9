package io.mempair.ha.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The records in the state folder of a node, a line each. Blocks; never on the agent's thread. */
public final class HistoryFile {

    private static final String NAME = "history";

    /** Far more lines than are ever written. */
    private static final int MAX_LINES = 10_000;

    private final Path file;

    /** @param folder  the state folder */
    public HistoryFile(Path folder) {
        this.file = folder.resolve(NAME);
    }

    /** Where it is. */
    public Path path() {
        return file;
    }

    /**
     * What was written last; empty if nothing was. Damaged lines are left out.
     *
     * @throws IOException if the file is there and cannot be read
     */
    public List<HistoryRecord> read() throws IOException {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            return lines.limit(MAX_LINES)
                    .map(HistoryRecord::of)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause(); // not UTF-8, or a disk that fails
        }
    }

    /** Replaces the file; a crash leaves the old one or the new one. */
    public void write(List<HistoryRecord> records) throws IOException {
        String text = records.stream().map(record -> record.line() + '\n').collect(Collectors.joining());
        Path fresh = file.resolveSibling(NAME + ".new");
        Files.writeString(fresh, text, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
