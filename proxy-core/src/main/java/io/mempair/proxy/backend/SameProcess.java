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
 * Finds out whether the two copies of a key would be one, because a server of either tier, under another address, is the same
 * process: a write would be carried out twice there. Processes that say the same of themselves may be two all the same, such as
 * those of containers that began together; so an item that is put over one connection, and found over the other, decides.
 * It is gone after a few seconds.
 *
 * <p>The backup is then not connected to: the keys have one copy, on the primary. Confined to the loop.
 */
final class SameProcess {

    private static final String KEY = "mempair:process:";
    private static final String SET = " 0 10 1\r\n1";

    private final LoopContext loop;
    private final ServerConnection connection;

    /** Connections to servers of the other tier that share keys with this one; set with a pool. */
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
     * Looks before the connection is used.
     *
     * @param alone    runs when no server of the other tier that is in use on this loop is the same process, at once if none
     *     looks like it; never if the connection is lost
     * @param refused  takes why this connection is not to be used
     */
    void look(Runnable alone, Consumer<String> refused) {
        look(new HashSet<>(), alone, refused);
    }

    /** What has been found out stays so for as long as both say the same of themselves. */
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
            partner.notUsed(reason(connection.state()));
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

    /** Puts an item here and looks for it there. If nobody can say, they count as two; if this connection is lost, nobody asks. */
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

    /** One of the two, and whether it was answered as if both were one. */
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
            // that it is there says it all
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
