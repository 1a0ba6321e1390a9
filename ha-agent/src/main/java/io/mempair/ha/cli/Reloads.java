package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminAccess;
import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.config.AdminSecurity;
import io.mempair.ha.config.LogConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of a file a running program follows: the data plane, the log, and who may use the admin face. */
final class Reloads {

    private Reloads() {}

    /** The admin face, which is opened after the first reload could come; before that a reload leaves it as it is. */
    static final class AdminFace {

        private @Nullable AdminServer server;

        /** What a reload admitted before the face was open. */
        private @Nullable AdminAccess admitted;

        /** From now on reloads reach it, and what an earlier one wanted applies. */
        @Nullable
        synchronized AdminServer opened(@Nullable AdminServer open) {
            server = open;
            if (open != null && admitted != null) {
                open.admit(admitted);
            }
            return open;
        }

        private synchronized void admit(AdminAccess access) {
            admitted = access;
            if (server != null) {
                server.admit(access);
            }
        }
    }

    /** Requests that take longer than the operator wants are remembered from now on. */
    static void seekSlow(Proxy proxy, LogConfig log) {
        proxy.inspection().seekSlow(log.slow(), log.plainKeys());
    }

    /** Completes, once the proxy serves by {@code wanted}, with remarks on servers that have moved or do not answer. */
    static CompletionStage<String> apply(
            Proxy proxy, ProxyConfig wanted, LogConfig log, boolean verbose, AdminFace admin, AdminSecurity security) {
        AdminAccess access;
        try {
            access = AdminAccess.of(security);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("admin." + e.getMessage(), e));
        }
        return proxy.reload(wanted).thenApply(remarks -> {
            admin.admit(access);
            Logging.level(log.level(), verbose);
            seekSlow(proxy, log);
            String silent = proxy.health().servers().stream()
                    .filter(server -> !server.up())
                    .map(ServerStatus::address)
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "));
            String moved = remarks.stream().map(remark -> "; " + remark).collect(Collectors.joining());
            return moved + (silent.isEmpty() ? "" : " (no connection yet to " + silent + ')');
        });
    }
}
