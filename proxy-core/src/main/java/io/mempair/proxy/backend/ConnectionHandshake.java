package io.mempair.proxy.backend;

import io.mempair.proxy.config.Login;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What is asked of a server before clients may use a new connection to it: the login, if there is one; its version, which a
 * process that only accepts never answers; which process it is; its longest item. Confined to its loop.
 */
final class ConnectionHandshake {

    private static final byte[] VERSION = "version\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerConnection connection;
    private final LongestItem longestItem = new LongestItem();
    private final Consumer<String> greeted;
    private final BiConsumer<String, String> refused;

    /**
     * @param greeted  takes the version when the server has answered everything
     * @param refused  takes what was asked and the error line that was answered
     */
    ConnectionHandshake(ServerConnection connection, Consumer<String> greeted, BiConsumer<String, String> refused) {
        this.connection = connection;
        this.greeted = greeted;
        this.refused = refused;
    }

    /** Begins on a channel that was just made. */
    void begin() {
        Login login = connection.state().access().login();
        if (login == null) {
            askVersion(this::askMore);
        } else {
            connection.output().bytes(LoginRequest.bytes(login));
            connection.sent(new LoginRequest(
                    () -> askVersion(this::askMore), line -> refused.accept("the login of server-auth-file", line)));
        }
    }

    /** Asks for the version, as a sign of life or to know it. */
    void askVersion(Consumer<String> answered) {
        askVersion(answered, () -> {});
    }

    /** As {@link #askVersion(Consumer)}; {@code unanswered} runs if the version is not said. */
    void askVersion(Consumer<String> answered, Runnable unanswered) {
        connection.output().bytes(VERSION);
        connection.sent(new VersionRequest(
                answered,
                line -> {
                    refused.accept("version", line);
                    unanswered.run();
                },
                unanswered));
    }

    /** Only where there is another copy does it matter whether the server has lost its own. */
    private void askMore(String version) {
        if (!connection.takeAddress()) {
            return;
        }
        if (connection.state().hasTwin()) {
            IdentityRequest.ask(connection, () -> askLongestItem(version), () -> {});
        } else {
            askLongestItem(version);
        }
    }

    private void askLongestItem(String version) {
        longestItem.ask(connection, () -> greeted.accept(version));
    }

    /** The server's {@code item_size_max} as it was last connected, or 0 if it did not say. */
    int longestItemBytes() {
        return longestItem.bytes();
    }
}
