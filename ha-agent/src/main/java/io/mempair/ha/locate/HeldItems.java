package io.mempair.ha.locate;

import io.mempair.ha.connect.AllAtOnce;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.rebalance.ServerHoldings;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a server holds, as it says itself.
 *
 * @param stats    null if it could not be asked
 * @param failure  why not; null if it could
 */
public record HeldItems(
        @Nullable ServerHoldings stats, @Nullable String failure) {

    /** Asks these servers, all at once, with the TLS and login of the configuration; blocks until each has answered or not. Never fails. */
    public static Map<ServerAddress, HeldItems> of(List<ServerAddress> servers, ServerSecurity security, Clock clock) {
        List<Supplier<HeldItems>> questions = servers.stream()
                .map(server -> (Supplier<HeldItems>) () -> ask(server, security, clock))
                .toList();
        Iterator<HeldItems> answers = AllAtOnce.ask("rebalance-plan", questions).iterator();
        Map<ServerAddress, HeldItems> held = new LinkedHashMap<>();
        servers.forEach(server -> held.put(server, answers.next()));
        return held;
    }

    private static HeldItems ask(ServerAddress server, ServerSecurity security, Clock clock) {
        try (ServerReader reader = ServerReader.connect(server, security, clock)) {
            return new HeldItems(ServerHoldings.of(reader.stats()), null);
        } catch (IOException | IllegalArgumentException e) {
            return new HeldItems(
                    null,
                    e instanceof SocketTimeoutException
                            ? "no answer within " + ServerReader.SILENCE.toSeconds() + " s"
                            : FailureText.of(e));
        }
    }
}
