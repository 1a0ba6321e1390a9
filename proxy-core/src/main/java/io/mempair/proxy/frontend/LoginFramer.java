package io.mempair.proxy.frontend;

import io.mempair.proxy.config.Users;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.reply.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * memcached's ASCII authentication (option {@code -Y}): accepts only a {@code set} with any key whose data are user and
 * password; then another framer takes over. Replies and accepted logins follow the observed behaviour of memcached
 * 1.6.18. Confined to the client's loop.
 */
final class LoginFramer implements Framer {

    /** Bytes of line and data; memcached closes a connection whose login does not fit its buffer. */
    private static final int MAX_LOGIN_BYTES = 16_384;

    /** Word, key, flags, exptime, length; memcached ignores what follows. */
    private static final int LENGTH_TOKEN = 4;

    private static final byte[] SET = {'s', 'e', 't'};

    private final LoopServices services;
    private final ReplyQueue replies;
    private final Framer requests;

    /** Bytes of the login's data with its line end, while it is arriving; else 0. */
    private int blockBytes;

    private int searchedBytes;
    private boolean loggedIn;
    private boolean ended;

    /** @param requests  takes over once the client is known */
    LoginFramer(LoopServices services, ReplyQueue replies, Framer requests) {
        this.services = services;
        this.replies = replies;
        this.requests = requests;
    }

    @Override
    public Need next(ByteBuf in) {
        if (loggedIn) {
            return requests.next(in);
        }
        if (ended) {
            return Need.TO_CLOSE;
        }
        return blockBytes > 0 ? login(in) : line(in);
    }

    private Need line(ByteBuf in) {
        int start = in.readerIndex();
        int lineFeed = in.indexOf(start + searchedBytes, in.writerIndex(), (byte) '\n');
        // memcached ignores input of a single byte, even a line end
        if (lineFeed < 0 || in.readableBytes() < 2) {
            searchedBytes = Math.max(0, in.readableBytes() - 1);
            return in.readableBytes() > ProtocolLimits.MAX_LINE_BYTES ? end() : Need.MORE_BYTES;
        }
        searchedBytes = 0;
        byte[] line = ByteBufUtil.getBytes(in, start, lineFeed - start);
        in.readerIndex(lineFeed + 1);
        List<byte[]> tokens = tokens(line, LENGTH_TOKEN + 1);
        long dataBytes = tokens.size() > LENGTH_TOKEN && Arrays.equals(tokens.get(0), SET)
                ? length(tokens.get(LENGTH_TOKEN))
                : -1;
        if (dataBytes < 0) {
            replies.answer(TextReplies.UNAUTHENTICATED, false);
            return Need.NOTHING;
        }
        if (dataBytes + 2 > MAX_LOGIN_BYTES) {
            return end();
        }
        blockBytes = (int) dataBytes + 2;
        return Need.NOTHING;
    }

    /** The line end's carriage return is still there, as memcached leaves it. */
    private static long length(byte[] token) {
        int end = token.length > 1 && token[token.length - 1] == '\r' ? token.length - 1 : token.length;
        return Decimal.unsigned(token, 0, end, ProtocolLimits.MAX_DATA_BYTES);
    }

    private Need login(ByteBuf in) {
        if (in.readableBytes() < blockBytes) {
            return Need.MORE_BYTES;
        }
        byte[] block = ByteBufUtil.getBytes(in, in.readerIndex(), blockBytes);
        in.skipBytes(blockBytes);
        blockBytes = 0;
        replies.answer(outcome(block), false);
        return Need.NOTHING;
    }

    private byte[] outcome(byte[] block) {
        int end = block.length - 2;
        if (block[end] != '\r' || block[end + 1] != '\n') {
            return TextReplies.BAD_LOGIN_END;
        }
        int nul = 0;
        while (nul < end && block[nul] != 0) {
            nul++;
        }
        List<byte[]> words = tokens(Arrays.copyOf(block, nul), 2);
        if (words.size() < 2) {
            return TextReplies.BAD_LOGIN_FORMAT;
        }
        Users users = services.plan().policy().users();
        loggedIn = users == null || users.know(words.get(0), words.get(1));
        if (!loggedIn) {
            services.loop().counters().count(ProxyMeter.LOGINS_FAILED);
        }
        return loggedIn ? TextReplies.STORED : TextReplies.AUTHENTICATION_FAILURE;
    }

    /** The first words between spaces, at most {@code max}. */
    private static List<byte[]> tokens(byte[] text, int max) {
        List<byte[]> tokens = new ArrayList<>(max);
        int from = 0;
        while (from < text.length && tokens.size() < max) {
            int to = from;
            while (to < text.length && text[to] != ' ') {
                to++;
            }
            if (to > from) {
                tokens.add(Arrays.copyOfRange(text, from, to));
            }
            from = to + 1;
        }
        return tokens;
    }

    @Override
    public boolean atEnd() {
        return ended || requests.atEnd();
    }

    @Override
    public boolean isArriving() {
        return loggedIn && requests.isArriving();
    }

    @Override
    public Need end() {
        ended = true;
        return requests.end();
    }

    /** Whether the client is known. */
    boolean loggedIn() {
        return loggedIn;
    }

    /** The client has logged in at another node, with the same users. */
    void admit() {
        loggedIn = true;
    }

    @Override
    public long arrivedBytes() {
        return requests.arrivedBytes();
    }

    @Override
    public void appendUnfinished(ByteBuf out) {
        if (loggedIn) {
            requests.appendUnfinished(out);
        } else if (blockBytes > 0) {
            String line = "set login 0 0 " + (blockBytes - 2) + "\r\n"; // key, flags and lifetime mean nothing
            out.writeCharSequence(line, StandardCharsets.US_ASCII);
        }
    }

    @Override
    public long swallowBytes() {
        return requests.swallowBytes();
    }

    @Override
    public void swallow(long bytes) {
        requests.swallow(bytes);
    }

    @Override
    public void close() {
        ended = true;
        requests.close();
    }
}
