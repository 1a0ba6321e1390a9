package io.mempair.proxy.server;

import io.mempair.proxy.config.UnixSocketConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The path of a unix socket. The socket is bound in a folder that only the owner can enter, gets its mode, and is then
 * moved to its path, so no other user can connect in between.
 */
final class SocketPath {

    /** Bits of a file's mode that tell its kind, and their value for a socket: inode(7). */
    private static final int FILE_KIND = 0170000;

    private static final int SOCKET = 0140000;

    private final UnixSocketConfig config;
    private final Path folder;
    private @Nullable Object ownKey;

    private SocketPath(UnixSocketConfig config) {
        this.config = config;
        this.folder = config.path().resolveSibling("." + config.path().getFileName() + ".new");
    }

    /**
     * Makes the folder to bind in.
     *
     * @throws BindException if the place is taken, or cannot be used, with the reason
     */
    static SocketPath prepare(UnixSocketConfig config) throws IOException {
        Path path = config.path();
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new BindException("the folder " + parent + " is not there (remedy: make it)");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!isSocket(path)) {
                throw new BindException("it is there already and is no socket (remedy: remove it)");
            }
            if (mayAnswer(path)) {
                throw new BindException("another process listens there");
            }
        }
        SocketPath socket = new SocketPath(config);
        socket.removeFolder();
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectory(socket.folder, ownerOnly);
        return socket;
    }

    /** Makes the folder of the socket anew where it was removed, if this process may. */
    static void makeFolder(UnixSocketConfig config) throws IOException {
        Path parent = config.path().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
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

    /** Where to bind. */
    Path bindPath() {
        return folder.resolve("s");
    }

    /** Sets the mode of the bound socket and moves it to its path; replaces a dead socket. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(bindPath(), config.permissions());
        Files.move(bindPath(), config.path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        ownKey = fileKey();
        Files.delete(folder);
    }

    /** Removes the socket, unless another process has put its own in the same place. */
    void remove() throws IOException {
        removeFolder();
        Object key = ownKey;
        ownKey = null;
        if (key != null && Files.exists(config.path(), LinkOption.NOFOLLOW_LINKS) && key.equals(fileKey())) {
            Files.deleteIfExists(config.path());
        }
    }

    private void removeFolder() throws IOException {
        Files.deleteIfExists(bindPath());
        Files.deleteIfExists(folder);
    }

    private @Nullable Object fileKey() throws IOException {
        return Files.readAttributes(config.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
                && (mode & FILE_KIND) == SOCKET;
    }

    /** Only a socket that refuses connections is known to be unused; one whose queue is full is in use. */
    private static boolean mayAnswer(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
