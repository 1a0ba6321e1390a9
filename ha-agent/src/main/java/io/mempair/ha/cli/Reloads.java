package io.mempair.ha.cli;

import io.mempair.ha.config.LogConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** What of a file a running program follows: the data plane and the log. */
final class Reloads {

    private Reloads() {}

    /** Requests that take longer than the operator wants are remembered from now on. */
    static void seekSlow(Proxy proxy, LogConfig log) {
        proxy.inspection().seekSlow(log.slow(), log.plainKeys());
    }

    /** Completes, once the proxy serves by {@code wanted}, with remarks on servers that have moved or do not answer. */
    static CompletionStage<String> apply(Proxy proxy, ProxyConfig wanted, LogConfig log, boolean verbose) {
        return proxy.reload(wanted).thenApply(remarks -> {
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
