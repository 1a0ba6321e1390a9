package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.admin.FakeNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests of commands that ask a running node: a node that answers on a control socket, and what a command prints. */
abstract class CommandOfNode {

    @TempDir
    Path folder;

    final FakeNode node = new FakeNode();
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    Path control;
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        control = folder.resolve("c.sock");
        server = AdminServer.start(node, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), control);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    final int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
