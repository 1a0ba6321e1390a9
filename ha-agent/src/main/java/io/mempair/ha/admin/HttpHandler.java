package io.mempair.ha.admin;

import io.mempair.ha.admin.page.PageFile;
import io.mempair.ha.agent.Node;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one HTTP request after the other. Reads only: whatever changes something is not here. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);
    private static final String TEXT = "text/plain; charset=utf-8";

    private static final String ALLOWED = "GET, HEAD, OPTIONS";

    /** Load balancers ask with each of them: HAProxy's check is {@code OPTIONS / HTTP/1.0} unless told otherwise. */
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private static final String WHOLE_SERVER = "*";

    private static final String HEALTH = "/health/";

    private static final String JSON = "application/json";

    /** Scripts, styles and data are this node's own, nothing is inline, nothing can be sent or framed. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static final String SINCE = "since=";

    private final Node node;
    private final MetricsPage metrics;
    private final Page page;
    private final AdminAccess access;

    HttpHandler(Node node, MetricsPage metrics, Page page, AdminAccess access) {
        this.access = access;
        this.node = node;
        this.metrics = metrics;
        this.page = page;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            FullHttpResponse refusal = response(HttpResponseStatus.BAD_REQUEST, TEXT, "not a request of this port\n");
            refusal.headers().set(HttpHeaderNames.CONNECTION, "close");
            context.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
        } else if (READING.contains(request.method())) {
            context.writeAndFlush(answer(request, path(request.uri())));
        } else {
            FullHttpResponse refusal = response(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "only " + ALLOWED + '\n');
            refusal.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
            context.writeAndFlush(refusal);
        }
    }

    /** To HEAD with the length that GET would have, and the encoder leaves the body out; to OPTIONS the status tells all. */
    private FullHttpResponse answer(FullHttpRequest request, String path) {
        boolean admitted = access.admits(request.headers().get(HttpHeaderNames.AUTHORIZATION));
        if (!admitted && !path.startsWith(HEALTH) && !path.equals(WHOLE_SERVER)) {
            FullHttpResponse refusal = response(HttpResponseStatus.UNAUTHORIZED, TEXT, "log in first\n");
            refusal.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, AdminAccess.CHALLENGE);
            return refusal;
        }
        if (!request.method().equals(HttpMethod.OPTIONS)) {
            return admitted ? asGet(request, path) : bareHealth(request, path);
        }
        HttpResponseStatus status = HttpResponseStatus.OK;
        if (!path.equals(WHOLE_SERVER)) {
            FullHttpResponse asGet = asGet(request, path);
            status = asGet.status();
            asGet.release();
        }
        FullHttpResponse bare = response(status, TEXT, "");
        bare.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
        return bare;
    }

    /** Load balancers need no password; who has none is not told why. */
    private FullHttpResponse bareHealth(FullHttpRequest request, String path) {
        FullHttpResponse full = asGet(request, path);
        HttpResponseStatus status = full.status();
        full.release();
        return response(status, TEXT, status.equals(HttpResponseStatus.OK) ? "good\n" : "not good\n");
    }

    private FullHttpResponse asGet(FullHttpRequest request, String path) {
        return switch (path) {
            case "/" ->
                response(
                        HttpResponseStatus.OK,
                        "text/html; charset=utf-8",
                        StatusPage.html(node.status(), node.facts(), node.history()));
            case "/status" -> json(StatusText.json(node.status(), node.facts()));
            case "/about" -> json(page.about());
            case "/samples" -> json(page.samples(since(request.uri())));
            case "/history" -> json(HistoryText.json(node.history()));
            case "/metrics" -> metrics(MetricsPage.contentType(request.headers().get(HttpHeaderNames.ACCEPT)));
            case "/health/live" -> health(Health.live(node));
            case "/health/ready" -> health(Health.ready(node));
            case "/health/active" -> health(Health.active(node));
            default ->
                PageFile.at(path)
                        .map(file -> file(file, request.headers().get(HttpHeaderNames.IF_NONE_MATCH)))
                        .orElseGet(() -> response(HttpResponseStatus.NOT_FOUND, TEXT, "no such page\n"));
        };
    }

    private static FullHttpResponse json(String body) {
        return response(HttpResponseStatus.OK, JSON, body + '\n');
    }

    /** A file, or that the asker has it already; it asks again each time, so that a new version is seen at once. */
    private static FullHttpResponse file(PageFile file, @Nullable String known) {
        boolean has = known != null && known.contains(file.tag());
        FullHttpResponse response = has
                ? response(HttpResponseStatus.NOT_MODIFIED, file.contentType(), "")
                : response(HttpResponseStatus.OK, file.contentType(), Unpooled.wrappedBuffer(file.content()));
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache").set(HttpHeaderNames.ETAG, file.tag());
        return response;
    }

    private FullHttpResponse metrics(String contentType) {
        return response(HttpResponseStatus.OK, contentType, metrics.text(contentType));
    }

    private static FullHttpResponse health(Health health) {
        return response(
                health.good() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                TEXT,
                health.reason() + '\n');
    }

    private static FullHttpResponse response(HttpResponseStatus status, String contentType, String body) {
        return response(status, contentType, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    }

    private static FullHttpResponse response(HttpResponseStatus status, String contentType, ByteBuf body) {
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    /** The number after {@code since=} in the query, 0 without; of a number that is none too. */
    private static long since(String uri) {
        int at = uri.indexOf(SINCE, path(uri).length());
        if (at < 0) {
            return 0;
        }
        try {
            return Long.parseLong(uri, at + SINCE.length(), uri.length(), 10);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException) { // bytes that are no request, or not of this protocol
            LOG.debug("HTTP client {} failed: {}", context.channel().remoteAddress(), cause.toString());
        } else if (!(cause instanceof IOException || cause instanceof ReadTimeoutException)) {
            LOG.error(
                    "internal error: HTTP request of {} failed",
                    context.channel().remoteAddress(),
                    cause);
        }
        context.close();
    }
}
