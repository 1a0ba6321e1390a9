package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.TextClient;
import io.mempair.proxy.testkit.TextClient.Retrieved;
import io.mempair.proxy.testkit.TextRequests;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client of the proxy that serves. With several, a lost connection is an error like another: what became of the request
 * is not known. For one thread.
 */
final class ReconnectingClient implements TextRequests, AutoCloseable {

    private static final String LOST = "SERVER_ERROR the connection was lost";
    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final ServingProxies proxies;
    private TextClient client;
    private int port;

    /** Whether an answer that is still to come is lost. */
    private boolean lost;

    ReconnectingClient(ServingProxies proxies) throws IOException {
        this.proxies = proxies;
        this.client = connected();
    }

    private TextClient connected() throws IOException {
        long begunNanos = System.nanoTime();
        while (true) {
            try {
                port = proxies.serving().port();
                return TextClient.connect(port);
            } catch (SocketException refused) {
                if (!proxies.areMany() || System.nanoTime() - begunNanos > RECONNECT_NANOS) {
                    throw refused;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public String ask(String request) throws IOException {
        lost = false;
        try {
            return client.ask(request);
        } catch (SocketException | EOFException e) {
            reconnect(e);
            return LOST;
        } catch (SocketTimeoutException e) {
            throw silent(request, e);
        }
    }

    @Override
    public Retrieved retrieve(String request) throws IOException {
        lost = false;
        try {
            return client.retrieve(request);
        } catch (SocketException | EOFException e) {
            reconnect(e);
            return new Retrieved(List.of(), LOST);
        } catch (SocketTimeoutException e) {
            throw silent(request, e);
        }
    }

    @Override
    public Retrieved retrieved() throws IOException {
        if (lost) {
            return new Retrieved(List.of(), LOST);
        }
        try {
            return client.retrieved();
        } catch (SocketException | EOFException e) {
            reconnect(e);
            return new Retrieved(List.of(), LOST);
        }
    }

    private IOException silent(String request, SocketTimeoutException e) {
        return new IOException(
                "no answer on port " + port + ", " + proxies.serving().port() + " serves, to " + request, e);
    }

    private void reconnect(IOException cause) throws IOException {
        if (!proxies.areMany()) {
            throw cause;
        }
        lost = true;
        client.close();
        client = connected();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
