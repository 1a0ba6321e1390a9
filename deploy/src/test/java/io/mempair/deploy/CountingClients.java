package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Connections through the virtual address that count, each at a counter of its own: an answer that is not one more than the
 * last tells that a request was lost, executed twice, or got the answer of another. For one thread.
 */
final class CountingClients implements AutoCloseable {

    private static final int PORT = 11_211;

    private final List<LabClient> clients = new ArrayList<>();
    private int count;

    CountingClients(Lab lab, String address, int howMany) throws IOException {
        for (int i = 0; i < howMany; i++) {
            LabClient client = lab.connect("c", address, PORT);
            clients.add(client);
            assertThat(client.ask(LabClient.storage("set", "n" + i, 0, 0, "0"))).isEqualTo("STORED");
        }
    }

    int size() {
        return clients.size();
    }

    /** Each counts once. */
    void count(String when) throws IOException {
        count++;
        for (int i = 0; i < clients.size(); i++) {
            assertThat(clients.get(i).ask("incr n" + i + " 1\r\n"))
                    .as("client %d, %s", i, when)
                    .isEqualTo(String.valueOf(count));
        }
    }

    /** Each counts again and again until something is over, and once more. */
    void countUntil(String when, BooleanSupplier over) throws IOException {
        boolean last = false;
        while (!last) {
            last = over.getAsBoolean();
            count(when);
        }
    }

    @Override
    public void close() {
        clients.forEach(LabClient::close);
    }
}
