package io.mempair.deploy.abuse;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One client that misbehaves; comes back when it was thrown out. Runs on a thread of its own. */
final class Abuser implements AutoCloseable {

    /** Between two tries on the same connection, and before it comes back. */
    private static final long PAUSE_NANOS = 200_000_000;

    private final AbusedProxy target;
    private final AbuseKind kind;
    private final AtomicLong thrownOut;
    private final Thread thread;
    private volatile boolean over;
    private volatile Socket socket = new Socket();

    /** @param thrownOut  counts how often any of them was thrown out */
    Abuser(AbusedProxy target, AbuseKind kind, AtomicLong thrownOut) {
        this.target = target;
        this.kind = kind;
        this.thrownOut = thrownOut;
        this.thread = new Thread(null, this::run, "abuser", 256 << 10);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!over) {
            boolean connected = false;
            try (Socket own = kind.secured() ? target.secured() : target.plain()) {
                socket = own;
                connected = true;
                abuse(own);
            } catch (IOException e) {
                if (connected && !over && !kind.leaves()) {
                    thrownOut.incrementAndGet();
                }
            }
            LockSupport.parkNanos(kind.leaves() ? PAUSE_NANOS / 10 : PAUSE_NANOS);
        }
    }

    private void abuse(Socket own) throws IOException {
        kind.begin(own.getOutputStream());
        if (kind == AbuseKind.HALF_CLOSED) {
            own.shutdownOutput();
        }
        InputStream in = own.getInputStream();
        byte[] thrownAway = new byte[64 << 10];
        while (!over && !kind.leaves()) {
            if (kind.reading()) {
                while (in.available() > 0) {
                    if (in.read(thrownAway) < 0) {
                        throw new IOException("closed");
                    }
                }
                LockSupport.parkNanos(PAUSE_NANOS / 100);
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            if (kind != AbuseKind.HALF_CLOSED) {
                kind.again(own.getOutputStream());
            }
        }
    }

    /** Ends it; a thread that hangs in a write is freed by the close of its socket. */
    @Override
    public void close() {
        over = true;
        try {
            socket.close();
        } catch (IOException e) {
            // gone is gone
        }
        LockSupport.unpark(thread);
    }

    /** Waits for the end of its thread, at most so long. */
    void join(long nanos) throws InterruptedException {
        thread.join(Math.max(1, nanos / 1_000_000));
    }
}
