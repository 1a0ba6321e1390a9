package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the marker of a rebalance from a server. An internal query, which a standby sends too. Confined to the loop. */
public final class MarkerRequest extends ServerRequest {

    /** Characters; a longer value is none of ours and is cut, so that it names no rebalance. */
    private static final int MAX_CHARACTERS = 64 << 10;

    private static final byte[] QUESTION = TextReplies.line("get " + MarkerRule.KEY);

    private final Consumer<Optional<String>> answered;
    private final Runnable failed;
    private final StringBuilder value = new StringBuilder();
    private boolean found;

    private MarkerRequest(Consumer<Optional<String>> answered, Runnable failed) {
        this.answered = answered;
        this.failed = failed;
    }

    /**
     * Asks; exactly one of the two is called, once, possibly before this method returns.
     *
     * @param answered  receives the marker, if the server has one
     * @param failed    when there is no answer, or an error; then the connection may be lost
     */
    public static void ask(ServerConnection connection, Consumer<Optional<String>> answered, Runnable failed) {
        connection.send(new MarkerRequest(answered, failed), out -> out.bytes(QUESTION));
    }

    @Override
    protected boolean isFenced() {
        return false;
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.RETRIEVAL;
    }

    @Override
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        boolean asked =
                !found && new String(line, keyOffset, keyLength, StandardCharsets.US_ASCII).equals(MarkerRule.KEY);
        found = true;
        return asked;
    }

    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        if (value.length() < MAX_CHARACTERS) {
            value.append(in.toString(index, length, StandardCharsets.US_ASCII));
        }
    }

    /** The first line is that of the reply, and the value has a line end. */
    @Override
    protected void retrievalEnds() {
        answered.accept(found ? Optional.of(value.substring(value.indexOf("\n") + 1)) : Optional.empty());
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        failed.run();
    }

    @Override
    protected void failed(ServerFailure failure) {
        failed.run();
    }
}
