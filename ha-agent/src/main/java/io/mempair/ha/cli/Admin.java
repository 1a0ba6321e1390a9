package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminAccess;
import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.Node;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.AdminSecurity;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens the admin face as the operator wrote it. */
final class Admin {

    private Admin() {}

    static AdminServer open(Node node, ServerAddress http, @Nullable Path control) throws CommandFailure {
        return open(node, http, control, AdminSecurity.NONE);
    }

    static AdminServer open(Node node, AdminConfig config) throws CommandFailure {
        return open(node, config.http(), config.control(), config.security());
    }

    static AdminServer open(Node node, ServerAddress http, @Nullable Path control, AdminSecurity security)
            throws CommandFailure {
        try {
            return AdminServer.start(
                    node, new InetSocketAddress(http.host(), http.port()), control, AdminAccess.of(security));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.refused("admin." + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }
}
