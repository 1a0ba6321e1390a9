package io.mempair.proxy.refill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.ServerLoop;
import io.mempair.proxy.testkit.Thrown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two loops, each connected to a source and to a target that has come back empty, and one order of writes. */
public final class RefillingPair implements AutoCloseable {

    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofSeconds(1));

    /** One loop. */
    public record Side(ServerLoop loop, WriteOrder order, ServerConnection from, ServerConnection to) {}

    public final Memcached source;
    public final Memcached target;
    public final RawClient atSource;
    public final RawClient atTarget;
    public final ServerState targetState;
    public final Side first;
    public final Side second;

    public RefillingPair() throws IOException {
        source = Memcached.started();
        target = Memcached.started();
        atSource = source.client();
        atTarget = target.client();
        ServerState sourceState = ServerLoop.state(source.address());
        targetState = ServerLoop.state(target.address());
        targetState.replica().connected(new ServerIdentity(1, 1));
        targetState.replica().connected(new ServerIdentity(2, 2));
        List<ServerLoop> loops = List.of(new ServerLoop(), new ServerLoop());
        List<WriteOrder> orders = new ArrayList<>();
        Stripes stripes = new Stripes((loop, stripe) -> loops.get(loop)
                .context()
                .eventLoop()
                .execute(() -> orders.get(loop).granted(stripe)));
        orders.add(new WriteOrder(stripes, 0, Thrown::on));
        orders.add(new WriteOrder(stripes, 1, Thrown::on));
        first = side(loops.get(0), orders.get(0), sourceState);
        second = side(loops.get(1), orders.get(1), sourceState);
    }

    private Side side(ServerLoop loop, WriteOrder order, ServerState sourceState) {
        return new Side(loop, order, loop.connect(sourceState, PATIENT), loop.connect(targetState, PATIENT));
    }

    /** Stores {@code count} items named {@code k0}, {@code k1} and so on, with that value. */
    public static void fill(RawClient client, int count, String value) throws IOException {
        StringBuilder sets = new StringBuilder();
        for (int i = 0; i < count; i++) {
            sets.append("set k" + i + " 0 0 " + value.length() + " noreply\r\n" + value + "\r\n");
        }
        assertThat(client.ask(sets + "mn\r\n", "MN\r\n")).isEqualTo("MN\r\n");
    }

    /** The value of an item there, or null. */
    public static String value(RawClient client, String key) throws IOException {
        client.send("get " + key + "\r\n");
        String line = client.line();
        if (line.equals("END")) {
            return null;
        }
        String value = client.line();
        assertThat(client.line()).isEqualTo("END");
        return value;
    }

    @Override
    public void close() throws IOException {
        first.loop().close();
        second.loop().close();
        atSource.close();
        atTarget.close();
        source.close();
        target.close();
    }
}
