package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.TP;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes what arrives over the channel, and hands it to the {@link GroupListener}. On threads of JGroups. */
final class InboundMessages implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(InboundMessages.class);
    private static final long WARN_PAUSE_NANOS = 60_000_000_000L;

    /** Runs something with the listener of the moment, if there is one. */
    interface ListenerCall {
        void accept(Consumer<GroupListener> what);
    }

    private final GroupCounters counters;
    private final Speakers speakers;
    private final CrashWatch crashes;
    private final Clock clock;
    private final Supplier<@Nullable TP> transport;
    private final ListenerCall tell;
    private volatile long lastWarnNanos;

    /** @param transport  of the channel of the moment, or null */
    InboundMessages(
            GroupCounters counters,
            Speakers speakers,
            CrashWatch crashes,
            Clock clock,
            Supplier<@Nullable TP> transport,
            ListenerCall tell) {
        this.counters = counters;
        this.speakers = speakers;
        this.crashes = crashes;
        this.clock = clock;
        this.transport = transport;
        this.tell = tell;
        this.lastWarnNanos = clock.nanoTime() - WARN_PAUSE_NANOS;
    }

    @Override
    public void receive(org.jgroups.Message raw) {
        Optional<Message> decoded = raw.hasArray()
                ? MessageCodec.decode(raw.getArray(), raw.getOffset(), raw.getLength())
                : Optional.empty();
        Address source = raw.getSrc();
        if (decoded.isEmpty()) {
            receiveServerState(raw, source);
            return;
        }
        Message message = decoded.get();
        if (message instanceof Heartbeat heartbeat) {
            counters.heartbeatsReceived.increment();
            if (source != null) {
                speakers.heard(source, heartbeat, clock.nanoTime(), transport.get());
            }
        }
        tell.accept(to -> to.heard(message));
    }

    private void receiveServerState(org.jgroups.Message raw, @Nullable Address source) {
        Optional<ServerStateMessage> decoded = raw.hasArray()
                ? ServerStateCodec.decode(raw.getArray(), raw.getOffset(), raw.getLength())
                : Optional.empty();
        decoded.ifPresentOrElse(
                message -> tell.accept(to -> to.heard(message)), () -> receiveForOperators(raw, source));
    }

    private void receiveForOperators(org.jgroups.Message raw, @Nullable Address source) {
        Optional<OperatorMessage> decoded = raw.hasArray()
                ? OperatorMessageCodec.decode(raw.getArray(), raw.getOffset(), raw.getLength())
                : Optional.empty();
        decoded.ifPresentOrElse(message -> tell.accept(to -> to.heard(message)), () -> ignore(source));
    }

    @Override
    public void viewAccepted(View next) {
        crashes.onView(next);
    }

    private void ignore(@Nullable Address source) {
        counters.ignored.increment();
        long nowNanos = clock.nanoTime();
        if (nowNanos - lastWarnNanos >= WARN_PAUSE_NANOS) {
            lastWarnNanos = nowNanos;
            LOG.warn("ignoring messages of {}: not of this version; do both nodes run the same version?", source);
        }
    }
}
