package io.mempair.proxy.backend;

import io.mempair.proxy.config.Login;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The requests sent on a new connection before clients may use it: the login, if configured; the version, which a
 * process that merely accepts never answers; the identity of the process; its longest item. Confined to its loop.
 */
final class ConnectionHandshake {

    private static final byte[] VERSION = "version\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerConnection connection;
    private final LongestItem longestItem = new LongestItem();
    private final Consumer<String> established;
    private final BiConsumer<String, String> refused;

    /**
     * @param established  receives the version when the server has answered everything
     * @param refused      receives the request and the error line it was answered with
     */
    ConnectionHandshake(ServerConnection connection, Consumer<String> established, BiConsumer<String, String> refused) {
        this.connection = connection;
        this.established = established;
        this.refused = refused;
    }

    /** Starts the handshake on a new channel. */
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

    /** Asks for the version, as part of the handshake or as an idle probe. */
    void askVersion(Consumer<String> answered) {
        askVersion(answered, () -> {});
    }

    /** As {@link #askVersion(Consumer)}; {@code unanswered} runs if the server does not report a version. */
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

    /** Asks for the identity only if keys have two copies: only then a restart matters. */
    private void askMore(String version) {
        if (!connection.lifecycle().takeAddress()) {
            return;
        }
        if (connection.state().hasTwin()) {
            IdentityRequest.ask(connection, () -> askMarker(version), () -> {});
        } else {
            askMarker(version);
        }
    }

    private void askMarker(String version) {
        MarkerRule rule = connection.state().markers();
        if (rule == null) {
            askLongestItem(version);
            return;
        }
        MarkerRequest.ask(
                connection,
                marker -> {
                    if (marker.isEmpty() || rule.admits(connection.state(), marker.get())) {
                        askLongestItem(version);
                    } else {
                        connection.lifecycle().notUsed("holds copies of a rebalance that was not finished");
                    }
                },
                () -> {});
    }

    private void askLongestItem(String version) {
        longestItem.ask(connection, () -> established.accept(version));
    }

    /** The server's {@code item_size_max} at the last handshake, or 0 if unknown. */
    int longestItemBytes() {
        return longestItem.bytes();
    }
}
