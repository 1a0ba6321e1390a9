package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The control socket of an admin server: its commands, its file, and whose it is. */
@Timeout(30)
class AdminControlTest extends OpenAdminServer {

    @Test
    void maintenanceIsBegunAndEndedByTheControlSocket() throws Exception {
        assertThat(ControlClient.ask(control, "standby")).isEqualTo("ok in maintenance");
        assertThat(ControlClient.ask(control, "online")).isEqualTo("error this node stops");
    }

    @Test
    void aReloadIsAnsweredWithWhatChangedAndARefusedOneWithEveryProblem() throws Exception {
        assertThat(ControlClient.ask(control, "reload")).isEqualTo("ok nothing changed");

        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: [m1], loops: 0, timeout: x}\n");
        node.reload = CompletableFuture.supplyAsync(() -> {
            try {
                return ConfigReader.readProxy(file).toString();
            } catch (ConfigException e) {
                throw new CompletionException(e);
            }
        });

        assertThat(ControlClient.ask(control, "reload").lines())
                .hasSize(2)
                .first(InstanceOfAssertFactories.STRING)
                .startsWith("refused " + file + ":1:");
    }

    @Test
    void theControlSocketAnswersStatusAndSwitchover() throws IOException {
        assertThat(ControlClient.ask(control, "status")).startsWith("ok {\"name\":\"a\"");
        assertThat(ControlClient.ask(control, "show"))
                .startsWith("ok g\tfine: b serves, a can take over\n")
                .contains("server\tm1:11211");
        assertThat(ControlClient.ask(control, "verdict")).isEqualTo("ok 0 b serves, a can take over");
        assertThat(ControlClient.ask(control, "switchover")).isEqualTo("ok b is active");
        assertThat(ControlClient.ask(control, "reboot")).startsWith("error unknown command");
    }

    @Test
    void aLineThatIsTooLongIsAnsweredInOneLine() throws IOException {
        assertThat(ControlClient.ask(control, "x".repeat(500)))
                .isEqualTo("error a line of over 320 bytes (expected: a command)");
    }

    @Test
    void aStandbyAsksForTheAddressAndTellsItsProcess() throws IOException {
        assertThat(ControlClient.ask(control, "switchover here")).isEqualTo("ok a is active");
        assertThat(ControlClient.ask(control, "process"))
                .isEqualTo("ok " + ProcessHandle.current().pid() + " a - -");
    }

    @Test
    void aSwitchoverThatFailsSaysWhy() throws IOException {
        node.switchover = CompletableFuture.<String>failedFuture(new IllegalStateException("no fit peer"))
                .thenApply(text -> text);

        assertThat(ControlClient.ask(control, "switchover")).isEqualTo("error no fit peer");
    }

    @Test
    void aControlSocketWhoseFolderIsRemovedIsMadeAgain() throws IOException {
        Files.delete(control);
        Files.delete(control.getParent());

        await().atMost(Duration.ofSeconds(15)).until(() -> Files.exists(control));
        await().atMost(Duration.ofSeconds(15))
                .until(() -> control.getParent().toFile().list().length == 1);

        assertThat(ControlClient.ask(control, "status")).startsWith("ok ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control)))
                .isEqualTo("rw-------");
        server.close();
        assertThat(control).doesNotExist();
    }

    @Test
    void aControlSocketThatAnotherProcessReplacedIsLeftToIt() throws Exception {
        Files.delete(control);
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(control));
            // each look of ours is a connection of its own
            for (int looks = 0; looks < 2; looks++) {
                other.accept().close();
            }
            assertThat(other.isOpen()).isTrue();
        }

        await().atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .until(() -> ControlClient.ask(control, "status").startsWith("ok "));
    }

    @Test
    void theControlSocketIsForItsOwnerOnlyAndGoesWithTheServer() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control)))
                .isEqualTo("rw-------");

        server.close();

        assertThat(control).doesNotExist();
        try (var left = Files.list(control.getParent())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aSocketLeftByAKilledProcessIsReplaced() throws IOException {
        Path stale = folder.resolve("stale.sock");
        try (var dead = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(stale));
        }
        assertThat(stale).exists();

        try (var second = AdminServer.start(node, loopback(), stale)) {
            assertThat(second.httpAddress().getPort()).isPositive();
            assertThat(ControlClient.ask(stale, "status")).startsWith("ok ");
        }
    }

    @Test
    void aSocketInUseAndAFileThatIsNoneAreLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("precious"), "text");

        assertThatThrownBy(() -> AdminServer.start(node, loopback(), control))
                .hasMessageContaining("in use by another process (expected: ");
        assertThatThrownBy(() -> AdminServer.start(node, loopback(), file))
                .hasMessageContaining("there already and no socket");
        assertThat(ControlClient.ask(control, "status")).startsWith("ok ");
        assertThat(file).hasContent("text");
    }
}
