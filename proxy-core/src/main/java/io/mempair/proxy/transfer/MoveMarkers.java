package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.MarkerRule;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.rebalance.MoveMarker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process knows of servers that may hold copies nobody keeps equal: those with the marker of a rebalance, and those
 * from which leftovers were not deleted. Any thread.
 */
public final class MoveMarkers implements MarkerRule {

    private final Set<Long> own = ConcurrentHashMap.newKeySet();
    private final Set<ServerAddress> unswept = ConcurrentHashMap.newKeySet();
    private final Map<ServerAddress, String> refused = new ConcurrentHashMap<>();
    private volatile String leading = "";

    /** The layout that serves clients from now on. A server whose marker says just that is refused no longer. */
    public void leads(String layout) {
        leading = layout;
        refused.forEach((server, text) -> {
            boolean led = MoveMarker.read(text)
                    .filter(marker -> marker.former().equals(layout))
                    .isPresent();
            if (led && refused.remove(server, text)) {
                unswept.add(server);
            }
        });
    }

    /**
     * The pool that led when the process ended which was filling the servers of {@code pool}: if each of them that can be
     * asked has the marker of a rebalance between the same two. While it led they served nobody, so it may lead again without a loss. They need
     * not be of one rebalance: a node that takes over marks all anew, and may end in the middle of that.
     *
     * @param askable  the servers of {@code pool} that can be asked; those that were refused are among them
     */
    public Optional<PoolConfig> formerOf(PoolConfig pool, Set<ServerAddress> askable) {
        List<Optional<MoveMarker>> found = askable.stream()
                .map(server -> MoveMarker.read(refused.getOrDefault(server, ""))
                        .map(marker -> new MoveMarker(0, marker.former(), marker.next())))
                .distinct()
                .toList();
        return found.size() == 1 ? found.get(0).flatMap(marker -> formerOf(pool, marker)) : Optional.empty();
    }

    private static Optional<PoolConfig> formerOf(PoolConfig pool, MoveMarker marker) {
        if (!marker.next().equals(LayoutText.of(pool))) {
            return Optional.empty();
        }
        try {
            return Optional.of(LayoutText.read(marker.former(), pool));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // of another version
        }
    }

    /** A rebalance of this process begins. */
    void begins(MoveMarker marker) {
        own.add(marker.number());
    }

    /**
     * A marker of this process says nothing new. One of a rebalance away from the layout that leads is harmless: what it is
     * about is not read. Any other one may be of a rebalance that a process did not survive: then the server is cleaned first.
     */
    @Override
    public boolean admits(ServerState server, String marker) {
        if (!MoveMarker.isOne(marker)) {
            return true; // an item of a client
        }
        Optional<MoveMarker> read = MoveMarker.read(marker);
        if (read.isPresent() && own.contains(read.get().number())) {
            return true;
        }
        if (read.isPresent() && read.get().former().equals(leading)) {
            unswept.add(server.address());
            return true;
        }
        refused.put(server.address(), marker);
        return false;
    }

    /** The servers that must not be used before they are cleaned, with their markers. */
    public Map<ServerAddress, String> refused() {
        return Map.copyOf(refused);
    }

    /** That server was cleaned. */
    void cleaned(ServerAddress server) {
        refused.remove(server);
        unswept.remove(server);
    }

    /** That server may hold items that a placement other than the leading one would read. */
    public void leftBehind(ServerAddress server) {
        unswept.add(server);
    }

    /** The servers that may hold items which only the leading placement does not read. */
    public Set<ServerAddress> unswept() {
        return Set.copyOf(unswept);
    }

    /** The layout that serves clients. */
    String leading() {
        return leading;
    }
}
