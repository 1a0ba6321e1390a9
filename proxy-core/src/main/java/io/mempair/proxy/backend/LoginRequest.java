package io.mempair.proxy.backend;

import io.mempair.proxy.config.Login;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The login at a server that runs with memcached's option {@code -Y}. */
public final class LoginRequest extends ServerRequest {

    private final Runnable accepted;
    private final Consumer<String> refused;

    LoginRequest(Runnable accepted, Consumer<String> refused) {
        this.accepted = accepted;
        this.refused = refused;
    }

    /**
     * The bytes sent. memcached reads the data only. A server without login stores them as an item; the exptime in the
     * past prevents it from keeping the password.
     */
    public static byte[] bytes(Login login) {
        String data = login.user() + ' ' + login.password();
        String text = "set mempair:login 0 -1 " + data.length() + "\r\n" + data + "\r\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    protected boolean isFenced() {
        return false;
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.STORED;
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        if (meaning == ReplyLine.STORED) {
            accepted.run();
        } else {
            refused.accept(in.toString(index, length - 2, StandardCharsets.US_ASCII));
        }
    }

    @Override
    protected void failed(ServerFailure failure) {
        // The caller drops the connection; nobody waits for this reply.
    }
}
