package io.mempair.ha.certificate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * New files for the operator: in the end all of them are there and whole, or none is, so that a command that found the disk full can
 * be given again. What was there before is never touched. One thread.
 */
public final class NewFiles implements AutoCloseable {

    private final List<Path> made = new ArrayList<>();

    /** The innermost first. */
    private final List<Path> folders = new ArrayList<>();

    private boolean kept;

    /** What is in a file. */
    public interface FileBody {

        /** Writes all of it; the caller closes the stream. */
        void writeTo(OutputStream file) throws IOException;
    }

    /**
     * Makes one more.
     *
     * @param permissions  as in {@code rw-------}, from before there is anything in it to read
     * @throws FileAlreadyExistsException if something has this name
     */
    public void write(Path file, String permissions, FileBody content) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        made.add(file);
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            content.writeTo(out);
        }
    }

    /**
     * Makes a folder, and those it is in, as far as they are not there.
     *
     * @param permissions  as in {@code rwxr-xr-x}, less what the umask of the process takes away
     */
    public void folder(Path folder, String permissions) throws IOException {
        Path missing = folder.toAbsolutePath();
        List<Path> parts = new ArrayList<>();
        while (missing != null && Files.notExists(missing)) {
            parts.add(0, missing);
            missing = missing.getParent();
        }
        for (Path part : parts) {
            Files.createDirectory(
                    part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
            folders.add(0, part);
        }
        Files.createDirectories(folder); // fails if it is there and no folder
    }

    /** All there are, in the order in which they were made, and from now on they stay. */
    public List<Path> keep() {
        kept = true;
        return List.copyOf(made);
    }

    /** Removes them, unless they are to stay. */
    @Override
    public void close() throws IOException {
        if (!kept) {
            for (Path file : made) {
                Files.deleteIfExists(file);
            }
            for (Path folder : folders) {
                try {
                    Files.deleteIfExists(folder);
                } catch (DirectoryNotEmptyException e) {
                    return; // somebody else put something there
                }
            }
        }
    }
}
