package io.mempair.proxy.backend;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.ServerIdentity;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Detects two servers, one of each tier, that are the same process under two addresses: both copies would be one, and a
 * write would be executed twice. Two processes may report the same identity, for example in containers started
 * together; so the proxy stores an item over one connection and reads it over the other. The item expires after a few
 * seconds.
 *
 * <p>If they are the same, the backup is not connected: the keys have one copy, on the primary. Confined to the loop.
 */
final class SameProcess {

    private static final String KEY = "mempair:process:";
    private static final String SET = " 0 10 1\r\n1";

    private final LoopContext loop;
    private final ServerConnection connection;

    /** Connections to servers of the other tier that share keys with this one; set with the pool. */
    private List<ServerConnection> partners = List.of();

    private boolean isBackup;

    SameProcess(LoopContext loop, ServerConnection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    void partners(List<ServerConnection> others, boolean backup) {
        partners = List.copyOf(others);
        isBackup = backup;
    }

    /**
     * Checks a connection before it is used.
     *
     * @param alone    runs when no connected server of the other tier is the same process; immediately if none has the
     *     same identity; never if the connection is lost
     * @param refused  receives the reason why this connection must not be used
     */
    void look(Runnable alone, Consumer<String> refused) {
        look(new HashSet<>(), alone, refused);
    }

    /** Continues with the next partner; a result stays valid while both report the same identities. */
    private void look(Set<ServerConnection> cleared, Runnable alone, Consumer<String> refused) {
        ServerState known = isBackup ? connection.state().isOneWith() : null;
        if (known != null) {
            refused.accept(reason(known));
            return;
        }
        for (ServerConnection partner : partners) {
            if (!cleared.contains(partner) && partner.usable() && looksAlike(partner)) {
                ask(partner, same -> {
                    if (same) {
                        found(partner);
                    } else {
                        cleared.add(partner);
                    }
                    look(cleared, alone, refused);
                });
                return;
            }
        }
        alone.run();
    }

    private void found(ServerConnection partner) {
        if (isBackup) {
            connection.state().foundToBe(partner.state());
        } else {
            partner.state().foundToBe(connection.state());
            partner.lifecycle().notUsed(reason(connection.state()));
        }
    }

    private static String reason(ServerState primary) {
        return "it is the same process as " + primary.address() + ": keys of both have one copy, on that one";
    }

    private boolean looksAlike(ServerConnection partner) {
        ServerIdentity mine = connection.state().identity();
        return mine != null
                && !mine.equals(ServerIdentity.UNKNOWN)
                && mine.equals(partner.state().identity());
    }

    /**
     * Stores an item here and reads it there. Without a result they count as two processes. If this connection is lost,
     * the check ends.
     */
    private void ask(ServerConnection partner, Consumer<Boolean> answered) {
        OutputBatch channel = connection.output();
        String key = KEY + Long.toUnsignedString(loop.newId());
        channel.bytes(TextReplies.line("set " + key + SET));
        connection.sent(new TwinProbe(ReplyShape.STORED, stored -> {
            if (!connection.speaksOver(channel)) {
                return;
            }
            if (stored && partner.usable()) {
                partner.output().bytes(TextReplies.line("get " + key));
                partner.sent(new TwinProbe(ReplyShape.RETRIEVAL, found -> {
                    if (connection.speaksOver(channel)) {
                        answered.accept(found);
                    }
                }));
            } else {
                answered.accept(false);
            }
        }));
    }

    /** One of the two requests; reports whether its reply shows a single process. */
    private static final class TwinProbe extends ServerRequest {

        private final ReplyShape shape;
        private final Consumer<Boolean> answered;
        private boolean found;

        TwinProbe(ReplyShape shape, Consumer<Boolean> answered) {
            this.shape = shape;
            this.answered = answered;
        }

        @Override
        protected boolean isFenced() {
            return false;
        }

        @Override
        protected ReplyShape shape() {
            return shape;
        }

        @Override
        protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
            found = true;
            return true;
        }

        @Override
        protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
            // its presence is the result
        }

        @Override
        protected void retrievalEnds() {
            answered.accept(found);
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            answered.accept(meaning == ReplyLine.STORED);
        }

        @Override
        protected void failed(ServerFailure failure) {
            answered.accept(false);
        }
    }
}
