package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
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

    private final Node node;
    private final MetricsPage metrics;

    HttpHandler(Node node, MetricsPage metrics) {
        this.node = node;
        this.metrics = metrics;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            FullHttpResponse refusal = response(HttpResponseStatus.BAD_REQUEST, TEXT, "not a request of this port\n");
            refusal.headers().set(HttpHeaderNames.CONNECTION, "close");
            context.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
        } else if (READING.contains(request.method())) {
            context.writeAndFlush(answer(
                    request.method(), path(request.uri()), request.headers().get(HttpHeaderNames.ACCEPT)));
        } else {
            FullHttpResponse refusal = response(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "only " + ALLOWED + '\n');
            refusal.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
            context.writeAndFlush(refusal);
        }
    }

    /** To HEAD with the length that GET would have, and the encoder leaves the body out; to OPTIONS the status tells all. */
    private FullHttpResponse answer(HttpMethod method, String path, @Nullable String accept) {
        if (!method.equals(HttpMethod.OPTIONS)) {
            return answer(path, accept);
        }
        HttpResponseStatus status = HttpResponseStatus.OK;
        if (!path.equals(WHOLE_SERVER)) {
            FullHttpResponse asGet = answer(path, accept);
            status = asGet.status();
            asGet.release();
        }
        FullHttpResponse bare = response(status, TEXT, "");
        bare.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
        return bare;
    }

    private FullHttpResponse answer(String path, @Nullable String accept) {
        return switch (path) {
            case "/" -> response(HttpResponseStatus.OK, "text/html; charset=utf-8", StatusPage.html(node.status()));
            case "/status" ->
                response(HttpResponseStatus.OK, "application/json", StatusText.json(node.status()) + '\n');
            case "/history" ->
                response(HttpResponseStatus.OK, "application/json", HistoryText.json(node.history()) + '\n');
            case "/metrics" -> metrics(MetricsPage.contentType(accept));
            case "/health/live" -> health(Health.live(node));
            case "/health/ready" -> health(Health.ready(node));
            case "/health/active" -> health(Health.active(node));
            default -> response(HttpResponseStatus.NOT_FOUND, TEXT, "no such page\n");
        };
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
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof ReadTimeoutException)) {
            LOG.warn("HTTP request of {} failed", context.channel().remoteAddress(), cause);
        }
        context.close();
    }
}
