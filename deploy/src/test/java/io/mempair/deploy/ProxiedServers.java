package io.mempair.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One memcached alone, and the proxy in front of others in two ways, for the tests of one class. */
final class ProxiedServers implements BeforeAllCallback, AfterAllCallback {

    private final List<ServerProgram> started = new ArrayList<>();
    private ServerProgram memcached;
    private ServerProgram spread;
    private ServerProgram copied;

    @Override
    public void beforeAll(ExtensionContext context) {
        memcached = started(ServerProgram::memcached);
        var primaries = List.of(started(ServerProgram::memcached), started(ServerProgram::memcached));
        spread = started(() -> ServerProgram.proxy(primaries, List.of()));
        var primary = List.of(started(ServerProgram::memcached));
        var backup = List.of(started(ServerProgram::memcached));
        copied = started(() -> ServerProgram.proxy(primary, backup));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.out.println(spread.said() + copied.said());
        }
        started.forEach(ServerProgram::close);
    }

    private ServerProgram started(Supplier<ServerProgram> start) {
        ServerProgram program = start.get();
        started.add(program);
        return program;
    }

    /** memcached itself: what a client hears from it is right. */
    ServerProgram memcached() {
        return memcached;
    }

    /** A proxy in front of two servers. */
    ServerProgram spread() {
        return spread;
    }

    /** A proxy in front of a primary and a backup. */
    ServerProgram copied() {
        return copied;
    }
}
