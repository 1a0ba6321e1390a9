package io.mempair.deploy;

import io.mempair.proxy.warmup.ReservedPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports of 127.0.0.1 that nobody listens on. Each stays reserved until this JVM ends: the kernel gives it to no connection and to no
 * other run of tests, so whatever the test starts can listen on it, again and again.
 */
final class ReservedPorts {

    private static final List<ReservedPort> RESERVED = new ArrayList<>();

    private ReservedPorts() {}

    static synchronized int next() {
        try {
            ReservedPort port = new ReservedPort();
            RESERVED.add(port);
            return port.number();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port of 127.0.0.1", e);
        }
    }
}
