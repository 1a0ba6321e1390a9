package io.mempair.ha.admin;

import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The place of the control socket in the file system. The socket is bound inside a folder only the owner can
 * enter and then moved to its place, so there is no moment at which another user could connect; the move also
 * replaces a socket that a killed process left behind.
 */
final class ControlPath {

    private final Path path;
    private final Path folder;
    private @Nullable Object ownKey;

    private ControlPath(Path path, Path folder) {
        this.path = path;
        this.folder = folder;
    }

    /**
     * Makes the folder to bind in.
     *
     * @throws BindException if another process answers at {@code path}
     */
    static ControlPath prepare(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new BindException("in no folder (expected: a file in a folder)");
        }
        if (answers(path)) {
            throw new BindException("in use by another process (expected: a socket of this program alone; does it run"
                    + " already? `mempair status --control " + path + "` shows what answers)");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path)) {
            throw new BindException(
                    "there already and no socket (expected: a new name, or the socket of an earlier run)");
        }
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectories(parent);
            return new ControlPath(path, Files.createTempDirectory(parent, ".c", ownerOnly));
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "the user " + System.getProperty("user.name") + " may not write to " + parent
                            + " (expected: root, a"
                            + " folder of that user in admin.control, or RuntimeDirectory=mempair in the systemd unit)",
                    e);
        } catch (FileSystemException e) {
            throw new IOException(
                    "no file can be made in " + parent + ": " + FailureText.of(e)
                            + " (expected: a folder of a writable file system, as /run/mempair)",
                    e);
        }
    }

    /** Where to bind. */
    Path bindPath() {
        return folder.resolve("s");
    }

    /** Whether what was published is still there; also when that cannot be seen. */
    boolean isInPlace() {
        try {
            return ownKey == null || ownKey.equals(fileKey());
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException hidden) {
            return true;
        }
    }

    /** Leaves nothing behind of what was not published; never fails. */
    void abandon() {
        try {
            Files.deleteIfExists(bindPath());
            Files.deleteIfExists(folder);
        } catch (IOException left) {
            // an empty folder nobody looks into
        }
    }

    /** Moves the bound socket to its place, for its owner only. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(bindPath(), PosixFilePermissions.fromString("rw-------"));
        Files.move(bindPath(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        ownKey = fileKey();
        Files.delete(folder);
    }

    /** Removes the socket, unless a later process has put its own in the same place. */
    void remove() throws IOException {
        Files.deleteIfExists(bindPath());
        Files.deleteIfExists(folder);
        if (ownKey != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && ownKey.equals(fileKey())) {
            Files.deleteIfExists(path);
        }
    }

    private @Nullable Object fileKey() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }

    private static boolean answers(Path path) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
