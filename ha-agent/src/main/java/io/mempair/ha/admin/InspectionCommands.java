package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.inspect.Tap;
import io.mempair.proxy.inspect.TapFilter;
import io.mempair.proxy.inspect.TopKeys;
import io.mempair.proxy.metrics.TimedCommand;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The commands of the control socket by which operators look at requests: {@code slow}, {@code top}, {@code tap}. Any thread. */
final class InspectionCommands {

    private static final Pattern SLOW = Pattern.compile("slow(-json)? ([0-9]{1,3})");

    /** Ten seconds at most: what asks gives up later. */
    private static final Pattern TOP = Pattern.compile("top(-json)? ([1-9]|10) ([0-9]{1,3})");

    /** Seconds, a command or {@code *}, and what keys begin with. */
    private static final Pattern TAP = Pattern.compile("tap ([0-9]{1,3}) ([a-z]+|\\*)(?: (\\S{1,250}))?");

    private static final String NO_CLIENTS = "a witness has no clients: ask one of the nodes";

    private static final long TAP_LOOK_MILLIS = 100;

    private final Node node;
    private final Clock clock;

    InspectionCommands(Node node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    /** The answer to a command of this class, without {@code ok}; null if it is none. It fails with what the operator is told. */
    @Nullable
    CompletionStage<String> answer(String command) {
        Matcher slow = SLOW.matcher(command);
        if (slow.matches()) {
            return slow(slow.group(1) != null, Integer.parseInt(slow.group(2)));
        }
        Matcher top = TOP.matcher(command);
        if (top.matches()) {
            if (hasNoClients()) {
                return CompletableFuture.failedFuture(new IllegalStateException(NO_CLIENTS));
            }
            Duration time = Duration.ofSeconds(Integer.parseInt(top.group(2)));
            CompletionStage<TopKeys> counted = node.inspection().top(time, Integer.parseInt(top.group(3)));
            return top.group(1) != null
                    ? counted.thenApply(InspectionText::topJson)
                    : counted.thenApply(keys -> Table.write(InspectionText.top(keys)));
        }
        return null;
    }

    private boolean hasNoClients() {
        return node.status().kind() == NodeStatus.MemberKind.WITNESS;
    }

    private CompletionStage<String> slow(boolean json, int limit) {
        if (hasNoClients()) {
            return CompletableFuture.failedFuture(new IllegalStateException(NO_CLIENTS));
        }
        RequestInspection inspection = node.inspection();
        Duration threshold = inspection.slowThreshold();
        if (threshold.isZero()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "slow requests are not looked for (expected: log.slow in the file, as in log: {slow: 100ms};"
                            + " mempair reload is enough)"));
        }
        var requests = inspection.slow().stream().limit(limit).toList();
        long nowNanos = clock.nanoTime();
        return CompletableFuture.completedFuture(
                json
                        ? InspectionText.slowJson(requests, threshold, nowNanos)
                        : Table.write(List.of(InspectionText.slow(requests, threshold, nowNanos))));
    }

    /** Whether the command is a live view; if so it is begun, and ends with the connection or after its time. On the loop. */
    boolean beginsTap(ChannelHandlerContext context, String command) {
        Matcher words = TAP.matcher(command);
        if (!words.matches()) {
            return false;
        }
        TimedCommand only = commandOf(words.group(2));
        if (only == null && !words.group(2).equals("*")) {
            return false;
        }
        Tap tap = new Tap(new TapFilter(only, words.group(3) == null ? "" : words.group(3)));
        RequestInspection inspection = node.inspection();
        try {
            if (hasNoClients()) {
                throw new IllegalStateException(NO_CLIENTS);
            }
            inspection.open(tap);
        } catch (IllegalStateException refused) {
            context.writeAndFlush("error " + refused.getMessage() + '\n').addListener(ChannelFutureListener.CLOSE);
            return true;
        }
        context.writeAndFlush("ok \n");
        Channel channel = context.channel();
        ScheduledFuture<?> looks = context.executor()
                .scheduleAtFixedRate(() -> show(channel, tap), TAP_LOOK_MILLIS, TAP_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        ScheduledFuture<?> end = context.executor()
                .schedule(
                        () -> {
                            show(channel, tap);
                            channel.writeAndFlush("").addListener(ChannelFutureListener.CLOSE);
                        },
                        Long.parseLong(words.group(1)),
                        TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> {
            looks.cancel(false);
            end.cancel(false);
            inspection.close(tap);
        });
        return true;
    }

    /** What a reader does not take stays in the tap, which drops what finds no room. */
    private void show(Channel channel, Tap tap) {
        long nowNanos = clock.nanoTime();
        long nowMillis = clock.wallMillis();
        for (Tap.TappedRequest seen = null; channel.isWritable() && (seen = tap.poll()) != null; ) {
            long atMillis = nowMillis - (nowNanos - seen.atNanos()) / 1_000_000;
            channel.write(atMillis + "\t" + seen.command().label() + '\t' + seen.key() + '\n');
        }
        long dropped = channel.isWritable() ? tap.dropped() : 0;
        if (dropped > 0) {
            channel.write("dropped\t" + dropped + '\n');
        }
        channel.flush();
    }

    private static @Nullable TimedCommand commandOf(String word) {
        for (TimedCommand command : TimedCommand.values()) {
            if (command.name().toLowerCase(Locale.ROOT).equals(word)) {
                return command;
            }
        }
        return null;
    }
}
