package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.replication.Key;
import java.util.function.Consumer;

/**
 * Takes away the mark that a copy which broke off may have left of one key, because the command of a client would find it
 * there. Confined to the loop.
 */
public final class AbandonedMark {

    private final CopyTarget target;
    private final Consumer<Boolean> ended;

    private AbandonedMark(CopyTarget target, Consumer<Boolean> ended) {
        this.target = target;
        this.ended = ended;
    }

    /**
     * Starts. No other write of the key may be in flight on this proxy until it ends.
     *
     * @param ended  receives whether no mark is there any more; called once, possibly before this method returns
     */
    public static void remove(ServerConnection server, Key key, Consumer<Boolean> ended) {
        KeyToken token = KeyToken.of(key, server.speaksMeta());
        if (token == null) {
            ended.accept(true); // such a key is never copied
        } else if (!server.serves()) {
            ended.accept(false);
        } else {
            new AbandonedMark(CopyTarget.of(server, token), ended).look();
        }
    }

    private void look() {
        ask(() -> target.look(new CopyTarget.LeaseListener() {
            @Override
            public void marked(long id) {
                takeAway(id);
            }

            @Override
            public void taken(long id) {
                ended.accept(true);
            }

            @Override
            public void empty() {
                ended.accept(true);
            }

            @Override
            public void cannot() {
                ended.accept(false);
            }

            @Override
            public void failed() {
                ended.accept(false);
            }
        }));
    }

    private void takeAway(long id) {
        if (!target.connected()) {
            ended.accept(false);
            return;
        }
        ask(() -> target.takeAway(id, new CopyTarget.StepListener() {
            @Override
            public void done() {
                ended.accept(true);
            }

            @Override
            public void refused() {
                ended.accept(true); // it has expired meanwhile
            }

            @Override
            public void cannot() {
                ended.accept(false);
            }

            @Override
            public void failed() {
                ended.accept(false);
            }
        }));
    }

    /** If the question cannot be written completely the connection is closed, which fails what was sent over it. */
    private void ask(Runnable question) {
        try {
            question.run();
        } catch (RuntimeException | Error defect) {
            target.broken(defect);
            throw defect;
        }
    }
}
