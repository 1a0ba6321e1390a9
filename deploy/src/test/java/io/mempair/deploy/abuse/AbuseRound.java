package io.mempair.deploy.abuse;

import io.mempair.deploy.faults.Waiting;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** One round: well-behaved clients alone, then beside abusers of one kind. */
final class AbuseRound {

    private static final int GOOD_CLIENTS = 10;
    private static final List<GoodClient.Speech> SPEECHES = List.of(GoodClient.Speech.values());
    private static final Duration WARM = Duration.ofSeconds(1);

    /** All abusers together may take so long to end; who hangs in a socket hangs in one that is closed. */
    private static final Duration ABUSERS_END = Duration.ofSeconds(5);

    private final AbusedProxy target;
    private final AbuseKind kind;
    private final int number;
    private final Noticed ignored = new Noticed();
    private final Noticed before = new Noticed();
    private final Noticed during = new Noticed();
    private final AtomicReference<Noticed> phase = new AtomicReference<>(ignored);
    private final AtomicLong thrownOut = new AtomicLong();

    AbuseRound(AbusedProxy target, AbuseKind kind, int number) {
        this.target = target;
        this.kind = kind;
        this.number = number;
    }

    /** @param time  of each of the two phases */
    void run(Duration time) throws IOException, InterruptedException {
        store();
        List<GoodClient> clients = new ArrayList<>();
        for (int i = 0; i < GOOD_CLIENTS; i++) {
            GoodClient.Speech speech = SPEECHES.get(i % SPEECHES.size());
            boolean possible = speech != GoodClient.Speech.TLS || target.tlsPort() != 0;
            clients.add(new GoodClient(target, possible ? speech : GoodClient.Speech.TEXT, i, phase::get));
        }
        clients.forEach(GoodClient::start);
        Waiting.last(WARM);
        phase.set(before);
        Waiting.last(time);
        phase.set(during);
        List<Abuser> abusers = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            abusers.add(new Abuser(target, kind, thrownOut));
        }
        abusers.forEach(Abuser::start);
        Waiting.last(time);
        phase.set(ignored);
        for (GoodClient client : clients) {
            client.close();
        }
        abusers.forEach(Abuser::close);
        long end = System.nanoTime() + ABUSERS_END.toNanos();
        for (Abuser abuser : abusers) {
            abuser.join(end - System.nanoTime());
        }
    }

    /** What abusers ask for. */
    private void store() throws IOException {
        try (Socket socket = target.plain()) {
            socket.getOutputStream()
                    .write(("set " + AbuseKind.KEY + " 0 0 " + AbuseKind.VALUE_BYTES + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(AbuseKind.value(AbuseKind.VALUE_BYTES));
            socket.getOutputStream().write("\r\nmn\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            if (!answer.equals("STORED\r\nMN\r\n")) {
                throw new IOException("the value for abusers was not stored: " + answer);
            }
        }
    }

    Noticed before() {
        return before;
    }

    Noticed during() {
        return during;
    }

    /** How often an abuser noticed that it was thrown out. */
    long thrownOut() {
        return thrownOut.get();
    }
}
