package io.mempair.deploy.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * One connection: sends some requests at once, checks all their answers, and again, until it is time to end. It ends
 * early with the first wrong or lost answer, since nothing behind that could be matched.
 */
final class SoakConnection {

    private static final int MAX_DEPTH = 64;
    private static final int TIMEOUT_MILLIS = 30_000;

    /** A turn takes no further request once it has this many bytes in either direction. */
    private static final long MAX_TURN_BYTES = 2_000_000;

    private final String name;
    private final Dialect dialect;
    private final Model model;
    private final Random random;
    private final ExecutorService writers;
    private final SoakTally tally;

    /**
     * @param name     unique among all connections; begins its keys
     * @param random   of this connection alone
     * @param writers  has a thread for each connection, since a client that does not read while it writes would
     *                 be stopped by a server that does the same
     */
    SoakConnection(String name, Dialect dialect, Random random, ExecutorService writers, SoakTally tally) {
        this.name = name;
        this.dialect = dialect;
        this.random = random;
        this.writers = writers;
        this.tally = tally;
        model = new Model(name, random);
    }

    /** Runs until it is time to end. */
    void run(InetSocketAddress server, BooleanSupplier goesOn) {
        var turn = new Turn();
        try (var socket = new Socket()) {
            socket.connect(server, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            var in = new Input(socket.getInputStream());
            while (goesOn.getAsBoolean()) {
                turn = new Turn();
                turn.fill();
                turn.exchange(socket.getOutputStream(), in);
            }
            turn = new Turn();
            var out = new Output();
            dialect.writeQuit(out);
            out.sendTo(socket.getOutputStream());
            in.expectEnd();
        } catch (WrongAnswer e) {
            tally.wrong(turn.place() + ": " + e.getMessage());
        } catch (IOException | TimeoutException | ExecutionException e) {
            tally.lost(Math.max(1, turn.open()), turn.place() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tally.lost(Math.max(1, turn.open()), turn.place() + ": interrupted");
        }
    }

    /** Requests that are sent at once. */
    private final class Turn {

        private final List<SoakRequest> requests = new ArrayList<>();
        private final Output out = new Output();
        private int read;

        void fill() {
            int depth = 1 + random.nextInt(MAX_DEPTH);
            long answerBytes = 0;
            while (requests.size() < depth && out.length() < MAX_TURN_BYTES && answerBytes < MAX_TURN_BYTES) {
                SoakRequest request = model.next();
                requests.add(request);
                dialect.write(request, out);
                answerBytes += request.answerBytes();
            }
            dialect.writeBarrier(out);
        }

        void exchange(OutputStream socket, Input in)
                throws IOException, WrongAnswer, InterruptedException, ExecutionException, TimeoutException {
            long before = in.length();
            Future<?> written = writers.submit(() -> {
                out.sendTo(socket);
                return null;
            });
            for (SoakRequest request : requests) {
                dialect.read(request, in);
                read++;
            }
            dialect.readBarrier(in);
            written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            tally.operations.add(requests.size());
            tally.bytes.add(out.length() + in.length() - before);
        }

        /** How many requests have no answer yet. */
        int open() {
            return requests.size() - read;
        }

        String place() {
            String at = read < requests.size() ? requests.get(read).toString() : "the end";
            return name + ", request " + (read + 1) + " of " + requests.size() + ", " + at;
        }
    }
}
