package io.mempair.ha.locate;

import io.mempair.ha.connect.AllAtOnce;
import io.mempair.ha.locate.CopyState.UnknownCopy;
import io.mempair.ha.locate.KeyCopy.CopyTier;
import io.mempair.ha.locate.LocatedKey.Agreement;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.Placement;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Places keys by a configuration and reads what is there, straight from the servers. For one thread, which waits. */
public final class KeyLocator {

    private static final CopyState NOT_ASKED = new UnknownCopy("was not asked");

    private final PoolConfig pool;
    private final Clock clock;
    private final Placement primaries;
    private final Placement backups;

    /** Of this pool; reads its servers with their TLS and login. */
    public KeyLocator(PoolConfig pool, Clock clock) {
        this.pool = pool;
        this.clock = clock;
        primaries = Placement.of(pool.placement(), pool.primaries());
        backups = pool.hasBackupTier() ? Placement.of(pool.placement(), pool.backups()) : primaries;
    }

    /**
     * Where each of these keys is. One whose copies differ is read once more, because a client may have written it between the
     * reading of the one and of the other.
     *
     * @param keys  each once, and such as a command line can express
     */
    public List<LocatedKey> locate(List<Key> keys) {
        List<LocatedKey> first = look(keys);
        List<Key> different = first.stream()
                .filter(key -> key.agreement() == Agreement.DIFFERENT)
                .map(LocatedKey::key)
                .toList();
        Map<Key, LocatedKey> again = new HashMap<>();
        look(different).forEach(key -> again.put(key.key(), key));
        return first.stream().map(key -> again.getOrDefault(key.key(), key)).toList();
    }

    /** Asks all servers of these keys at once. */
    private List<LocatedKey> look(List<Key> keys) {
        Map<ServerAddress, List<Key>> questions = new LinkedHashMap<>();
        for (Key key : keys) {
            placesOf(key)
                    .values()
                    .forEach(server -> questions
                            .computeIfAbsent(server, first -> new ArrayList<>())
                            .add(key));
        }
        List<Supplier<Map<Key, CopyState>>> asked = new ArrayList<>();
        questions.forEach((server, wanted) -> asked.add(() -> read(server, wanted)));
        Iterator<Map<Key, CopyState>> answers = AllAtOnce.ask("locate", asked).iterator();
        Map<ServerAddress, Map<Key, CopyState>> states = new HashMap<>();
        questions.keySet().forEach(server -> states.put(server, answers.next()));
        return keys.stream().map(key -> located(key, states)).toList();
    }

    private LocatedKey located(Key key, Map<ServerAddress, Map<Key, CopyState>> states) {
        List<KeyCopy> copies = new ArrayList<>(2);
        placesOf(key)
                .forEach((tier, server) -> copies.add(new KeyCopy(
                        tier,
                        server,
                        pool.placement().labelOf(server).name(),
                        states.getOrDefault(server, Map.of()).getOrDefault(key, NOT_ASKED))));
        return new LocatedKey(key, copies);
    }

    private Map<CopyTier, ServerAddress> placesOf(Key key) {
        Map<CopyTier, ServerAddress> places = new EnumMap<>(CopyTier.class);
        byte[] bytes = key.bytes();
        places.put(CopyTier.PRIMARY, pool.primaries().get(primaries.serverOf(bytes, 0, bytes.length)));
        if (pool.hasBackupTier()) {
            places.put(CopyTier.BACKUP, pool.backups().get(backups.serverOf(bytes, 0, bytes.length)));
        }
        return places;
    }

    /** What one server has of all these keys; those that it does not answer any more are unknown. Never fails. */
    private Map<Key, CopyState> read(ServerAddress server, List<Key> keys) {
        Map<Key, CopyState> states = new HashMap<>();
        CopyState rest;
        try (ServerReader reader = ServerReader.connect(server, pool.security(), clock)) {
            for (Key key : keys) {
                states.put(key, reader.read(key));
            }
            return states;
        } catch (IOException | IllegalArgumentException e) {
            rest = new UnknownCopy(
                    e instanceof SocketTimeoutException
                            ? "no answer within " + ServerReader.SILENCE.toSeconds() + " s"
                            : FailureText.of(e));
        }
        for (Key key : keys) {
            states.putIfAbsent(key, rest);
        }
        return states;
    }
}
