package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line in, one answer out, close. An answer begins with {@code ok}, {@code error}, or {@code refused} when the
 * operator's file is to blame, and a space. */
final class ControlHandler extends SimpleChannelInboundHandler<String> {

    private static final Logger LOG = LoggerFactory.getLogger(ControlHandler.class);

    /** Longest line a client may send; every command is shorter. */
    static final int MAX_LINE_BYTES = 320;

    /** What takes longer has failed, whatever the node says later. */
    private static final long ANSWER_TIMEOUT_SECONDS = 15;

    private static final Pattern HISTORY = Pattern.compile("history(-json)? ([0-9]{1,4})");

    /** Ten seconds at most: what asks gives up later. */
    private static final Pattern RECORDING = Pattern.compile("recording ([1-9]|10)");

    private final Node node;
    private final Supplier<NodeStatus> status;
    private final MetricsPage metrics;
    private final InspectionCommands inspection;

    /** @param status  of the node, and of its faces */
    ControlHandler(Node node, Supplier<NodeStatus> status, MetricsPage metrics) {
        this.node = node;
        this.status = status;
        this.metrics = metrics;
        this.inspection = new InspectionCommands(node, new SystemClock());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, String line) {
        context.channel().config().setAutoRead(false);
        context.pipeline().remove(ReadTimeoutHandler.class);
        String command = line.strip();
        Matcher history = HISTORY.matcher(command);
        if (history.matches()) {
            answer(context, "ok " + history(history.group(1) != null, Integer.parseInt(history.group(2))));
            return;
        }
        CompletionStage<String> looked = inspection.answer(command);
        if (looked != null) {
            answerLater(context, looked);
            return;
        }
        if (inspection.beginsTap(context, command)) {
            return;
        }
        Matcher recording = RECORDING.matcher(command);
        if (recording.matches()) {
            answerLater(context, record(context, Integer.parseInt(recording.group(1))));
            return;
        }
        switch (command) {
            case "status" -> answer(context, "ok " + StatusText.json(status.get(), node.facts()));
            case "show" -> answer(context, "ok " + Table.write(StatusTables.of(status.get(), node.facts())));
            case "why" -> answer(context, "ok " + Table.write(StatusTables.of(node.takeOver())));
            case "is serving" -> answer(context, "ok " + Expectation.SERVING.answer(status.get()));
            case "is standby" -> answer(context, "ok " + Expectation.STANDBY.answer(status.get()));
            case "is refilled" -> answer(context, "ok " + Expectation.REFILLED.answer(status.get()));
            case "is rebalanced" -> answer(context, "ok " + Expectation.REBALANCED.answer(status.get()));
            case "metrics" -> answer(context, "ok " + metrics.text(MetricsPage.contentType(null)));
            case "threads" -> answer(context, "ok " + ThreadDump.text());
            case "verdict" -> answer(context, "ok " + verdict());
            case "switchover" -> answerLater(context, node.switchover());
            case "switchover here" -> answerLater(context, node.switchoverToThis());
            case "placement" -> answer(context, placement());
            case "process" -> answer(context, "ok " + process());
            case "standby" -> answerLater(context, node.standby());
            case "online" -> answerLater(context, node.online());
            case "reload" -> answerLater(context, node.reload());
            case "reload dry-run" -> answerLater(context, node.previewReload());
            case "rebalance" -> answer(context, "ok " + node.rebalance());
            case "rebalance finish" -> answerLater(context, node.finishRebalance());
            case "rebalance abort" -> answerLater(context, node.abortRebalance());
            default ->
                answer(
                        context,
                        "error unknown command (expected: status, show, verdict, why, is WHAT, history N, metrics,"
                                + " threads, recording SECONDS, process, placement, slow N, top SECONDS N,"
                                + " tap SECONDS COMMAND PREFIX, switchover [here], standby, online, reload [dry-run]"
                                + " or rebalance [abort|finish])");
        }
    }

    /** The process id, the member's name, that of the active node and where clients ask; {@code -} for what there is not. */
    private String process() {
        NodeStatus now = status.get();
        String active = now.activeNode();
        ServerAddress clients = node.facts().clients();
        return ProcessHandle.current().pid() + " " + now.name() + ' ' + (active == null ? "-" : active) + ' '
                + (clients == null ? "-" : clients);
    }

    private String placement() {
        return node.pool().map(pool -> "ok " + PlacementText.of(pool)).orElse("error this member has no servers");
    }

    /** The exit code and the line for people. */
    private String verdict() {
        Verdict verdict = Verdict.of(status.get());
        return verdict.level().exitCode() + " " + verdict.text();
    }

    /** A recording of the JVM, in base64. It is written on another thread than this one, which answers health checks too. */
    private static CompletionStage<String> record(ChannelHandlerContext context, int seconds) {
        CompletableFuture<String> content = new CompletableFuture<>();
        CompletableFuture.supplyAsync(FlightRecording::begin)
                .thenAccept(begun -> context.executor()
                        .schedule(
                                () -> CompletableFuture.runAsync(() -> end(begun, content)), seconds, TimeUnit.SECONDS))
                .exceptionally(failure -> {
                    content.completeExceptionally(failure);
                    return null;
                });
        return content;
    }

    private static void end(FlightRecording recording, CompletableFuture<String> content) {
        try {
            content.complete(Base64.getEncoder().encodeToString(recording.end()));
        } catch (IOException | RuntimeException e) {
            content.completeExceptionally(e);
        }
    }

    private String history(boolean json, int limit) {
        List<HistoryRecord> records = HistoryText.last(node.history(), limit);
        return json
                ? HistoryText.json(records)
                : Table.write(List.of(HistoryText.table(records, status.get().kind(), ZoneId.systemDefault())));
    }

    private static void answerLater(ChannelHandlerContext context, CompletionStage<String> result) {
        var timeout = context.executor()
                .schedule(
                        () -> answer(context, "error no result within " + ANSWER_TIMEOUT_SECONDS + " s"),
                        ANSWER_TIMEOUT_SECONDS,
                        TimeUnit.SECONDS);
        result.whenComplete((done, failure) -> {
            timeout.cancel(false);
            answer(context, failure == null ? "ok " + done : reason(failure));
        });
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return (cause instanceof ConfigException ? "refused " : "error ") + FailureText.of(cause);
    }

    private static void answer(ChannelHandlerContext context, String text) {
        context.writeAndFlush(text + '\n').addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException) {
            answer(context, "error a line of over " + MAX_LINE_BYTES + " bytes (expected: a command)");
            return;
        }
        if (!(cause instanceof IOException || cause instanceof ReadTimeoutException)) {
            LOG.error("internal error: a command failed", cause);
        }
        context.close();
    }
}
