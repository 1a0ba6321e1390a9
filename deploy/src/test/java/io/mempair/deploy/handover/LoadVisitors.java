package io.mempair.deploy.handover;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Clients that come, ask and go, one after the other. One thread. */
final class LoadVisitors {

    private static final long PAUSE_NANOS = 50_000_000;
    private static final int COUNTS = 3;

    private final InetSocketAddress to;
    private final Selector selector;
    private final LoadFigures figures;
    private final List<LoadConnection> here = new ArrayList<>();
    private long nextNanos;
    private long number;

    LoadVisitors(InetSocketAddress to, Selector selector, LoadFigures figures) {
        this.to = to;
        this.selector = selector;
        this.figures = figures;
    }

    void begin(long nowNanos) {
        nextNanos = nowNanos;
    }

    /** Those that have not gone yet. */
    List<LoadConnection> here() {
        return here;
    }

    /** Those come that are due. */
    void come(long nowNanos) {
        if (nextNanos - nowNanos > 0) {
            return;
        }
        long due = nextNanos;
        nextNanos += PAUSE_NANOS;
        try {
            LoadConnection visitor = new LoadConnection(LoadConversation.ofVisitor(number), false, to, selector);
            number++;
            here.add(visitor);
            visitor.conversation().beginning().forEach(request -> visitor.ask(request, due));
            for (int i = 0; i < COUNTS; i++) {
                visitor.ask(visitor.conversation().count(), due);
            }
        } catch (IOException e) {
            figures.lost("a new connection: " + e);
        }
    }

    /** Those go that have all their answers. */
    void go() {
        here.removeIf(visitor -> {
            boolean done = visitor.isAnswered();
            if (done) {
                visitor.close();
                figures.visited();
            }
            return done;
        });
    }
}
