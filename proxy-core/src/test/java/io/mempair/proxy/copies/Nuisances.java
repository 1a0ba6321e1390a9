package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.Crew;
import io.mempair.proxy.testkit.RawClient;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that behave badly beside those of a model: they stop in the middle of a value, do not read what they asked for, read
 * half of it and go, or pause between any two bytes. What they write is of no concern to the model; that they are there must
 * not be either. For one thread.
 */
final class Nuisances {

    private static final int LARGE_BYTES = 20_000;
    private static final int MOST_REQUESTS = 60;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final ServingProxies proxies;
    private final Random random;

    Nuisances(ServingProxies proxies, Random random) {
        this.proxies = proxies;
        this.random = random;
    }

    /** One after the other until the crew stops. Whether they are answered is their own affair. */
    void trouble(Crew crew) throws IOException {
        while (crew.goesOn()) {
            try (RawClient client = proxies.serving().client()) {
                switch (random.nextInt(4)) {
                    case 0 -> stallInAValue(client);
                    case 1 -> leaveUnread(client);
                    case 2 -> readHalfAndGo(client);
                    default -> pauseBetweenBytes(client);
                }
            } catch (SocketException closed) {
                // the proxy need not bear it
            }
        }
    }

    private String key() {
        return "nuisance-" + random.nextInt(20);
    }

    private void pause() {
        LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE.toNanos()));
    }

    private void stallInAValue(RawClient client) throws IOException {
        client.send("set " + key() + " 0 0 " + LARGE_BYTES + "\r\n" + "x".repeat(random.nextInt(LARGE_BYTES)));
        pause();
    }

    private void leaveUnread(RawClient client) throws IOException {
        client.send(requests());
        pause();
    }

    private void readHalfAndGo(RawClient client) throws IOException {
        client.send("version\r\n" + requests());
        client.line();
        pause();
    }

    private void pauseBetweenBytes(RawClient client) throws IOException {
        String request = "set " + key() + " 0 0 2\r\nab\r\n";
        int cut = 1 + random.nextInt(request.length() - 1);
        client.send(request.substring(0, cut));
        pause();
        client.send(request.substring(cut)).shutdownOutput();
        client.rest();
    }

    /** A pipeline of everything, with values so large that a socket does not take all answers. */
    private String requests() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(MOST_REQUESTS); i >= 0; i--) {
            switch (random.nextInt(5)) {
                case 0 ->
                    text.append("set ")
                            .append(key())
                            .append(" 0 0 ")
                            .append(LARGE_BYTES)
                            .append("\r\n")
                            .append("y".repeat(LARGE_BYTES))
                            .append("\r\n");
                case 1 -> text.append("append ").append(key()).append(" 0 0 1\r\nz\r\n");
                case 2 -> text.append("delete ").append(key()).append("\r\n");
                default ->
                    text.append("get ").append(key()).append(' ').append(key()).append("\r\n");
            }
        }
        return text.toString();
    }
}
