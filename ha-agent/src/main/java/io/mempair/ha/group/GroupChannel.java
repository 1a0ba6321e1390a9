package io.mempair.ha.group;

import io.mempair.ha.check.OwnAddress;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.election.Message;
import io.mempair.ha.group.wire.ChannelSockets;
import io.mempair.ha.group.wire.PeerStream;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message.Flag;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel between the nodes over JGroups.
 *
 * <p>Messages go to the configured address and port of a peer and bypass membership: so a peer is heard again one
 * heartbeat after a cut has healed, not after a merge, and a wrong view blocks no message. The message itself names its
 * sender. The end of a connection is the hint that a process died; {@link CrashWatch} then checks whether it is dead.
 * {@link ChannelSockets} accepts connections from peers only.
 *
 * <p>Its threads only hand events to the {@link GroupListener}.
 */
public final class GroupChannel implements Group {

    private static final Logger LOG = LoggerFactory.getLogger(GroupChannel.class);
    private static final String CLUSTER = "mempair";
    private static final Duration CONNECT_RETRY = Duration.ofSeconds(1);
    private static final long WARN_PAUSE_NANOS = 60_000_000_000L;

    private final GroupConfig config;
    private final String self;
    private final Clock clock;
    private final GroupCounters counters = new GroupCounters();
    private final Speakers speakers;
    private final CrashWatch crashes;
    private final InboundMessages inbound;
    private final ChannelSockets sockets;
    private final Timers connector = new Timers("mempair-group-connect");
    private final Timers silence = new Timers("mempair-group-silence");
    private final Map<ServerAddress, PeerLink> links = new LinkedHashMap<>();
    private volatile @Nullable JChannel channel;
    private volatile @Nullable GroupListener listener;
    private volatile boolean listening;
    private volatile boolean closed;
    private volatile @Nullable String problem;
    private long problemSaidNanos;

    /**
     * @param self  name of this node
     */
    public GroupChannel(GroupConfig config, String self, Clock clock) {
        this.config = config;
        this.self = self;
        this.clock = clock;
        this.speakers = new Speakers(config.others());
        this.crashes = new CrashWatch(
                speakers,
                config.bind(),
                config.profile().heartbeat(),
                config.profile().lease(),
                clock,
                (name, incarnation) -> tell(to -> to.died(name, incarnation)));
        this.inbound = new InboundMessages(counters, speakers, crashes, clock, this::transport, this::tell);
        this.sockets = new ChannelSockets(config, clock, from -> crashes.onConnectionLost());
    }

    @Override
    public void start(GroupListener to) {
        listener = to;
        for (ServerAddress peer : config.others()) {
            links.put(peer, new PeerLink(peer, message -> transmit(peer, message)));
        }
        connector.after(Duration.ZERO, this::connect);
        silence.every(config.profile().heartbeat().dividedBy(4), crashes::lookForSilence);
    }

    /**
     * Connects. Messages flow as soon as the transport listens; joining takes up to two seconds more and delivers the
     * views. Retries if the port is in use.
     */
    private void connect() {
        if (closed) {
            return;
        }
        JChannel fresh = null;
        try {
            // JGroups caches for ever which interfaces were up at first use: a node that starts before its carrier
            // would never find its own address.
            Util.resetCachedAddresses(true, true);
            fresh = new JChannel(new ByteArrayInputStream(StackConfig.xml(config)));
            fresh.setName(self).setDiscardOwnMessages(true).setReceiver(inbound);
            fresh.getProtocolStack().getTransport().setSocketFactory(sockets);
            fresh.getProtocolStack()
                    .insertProtocol(
                            new TransportWatch(this::onListening),
                            ProtocolStack.Position.ABOVE,
                            fresh.getProtocolStack().getTransport().getClass());
            channel = fresh;
            fresh.connect(CLUSTER);
            LOG.atInfo()
                    .addKeyValue("address", where())
                    .addKeyValue("view", fresh.getViewAsString())
                    .log("channel joined on {}, view {} event=channel_joined", where(), fresh.getViewAsString());
        } catch (Exception | LinkageError | AssertionError e) { // otherwise it would never be retried
            listening = false;
            notOpen(reasonOf(e));
            channel = null;
            if (fresh != null) {
                fresh.close();
            }
            connector.after(CONNECT_RETRY, this::connect);
        }
    }

    /** Said again when the reason is another one, or after a while. */
    private void notOpen(String reason) {
        long nowNanos = clock.nanoTime();
        if (!reason.equals(problem) || nowNanos - problemSaidNanos >= WARN_PAUSE_NANOS) {
            problemSaidNanos = nowNanos;
            LOG.atError()
                    .addKeyValue("address", where())
                    .addKeyValue("reason", reason)
                    .log("group.bind: channel on {}: {}; retrying event=channel_failed", where(), reason);
        } else {
            LOG.debug("channel on {} still: {}", where(), reason);
        }
        problem = reason;
    }

    private ServerAddress where() {
        return new ServerAddress(config.bind(), config.port());
    }

    private void onListening() {
        listening = true;
        problem = null;
        LOG.atInfo().addKeyValue("address", where()).log("channel listens on {} event=channel_listens", where());
        tell(GroupListener::connected);
    }

    private String reasonOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof BindException) {
            return OwnAddress.isNotHereYet(new InetSocketAddress(config.bind(), config.port()))
                    ? "not an address of this host: `ip addr` lists those there are"
                    : "another process of this host listens there: see which with `ss -ltnp`, or set another group.port"
                            + " on all members";
        }
        return FailureText.of(root);
    }

    @Override
    public void send(Message message) {
        toAll(OutboundMessage.of(message));
    }

    @Override
    public void send(ServerStateMessage message) {
        toAll(OutboundMessage.of(message));
    }

    @Override
    public void send(OperatorMessage message) {
        toAll(OutboundMessage.of(message));
    }

    @Override
    public void send(String to, Message message) {
        toOne(to, OutboundMessage.of(message));
    }

    @Override
    public void send(String to, ServerStateMessage message) {
        toOne(to, OutboundMessage.of(message));
    }

    @Override
    public void acceptStreams(Consumer<PeerStream> taker) {
        sockets.acceptStreams(taker);
    }

    @Override
    public PeerStream openStream(String peer) throws IOException {
        ServerAddress where = speakers.whereIs(peer);
        if (where == null) {
            throw new IOException(peer + " was never heard");
        }
        return sockets.openStream(InetAddress.getByName(config.bind()), where);
    }

    private void toAll(OutboundMessage message) {
        links.values().forEach(link -> link.send(message));
    }

    private void toOne(String to, OutboundMessage message) {
        ServerAddress where = speakers.whereIs(to);
        PeerLink link = where == null ? null : links.get(where);
        if (link != null) {
            link.send(message);
        } else {
            toAll(message); // every peer ignores an answer to a request it did not send
        }
    }

    /** On the thread of the link to {@code peer}. */
    private void transmit(ServerAddress peer, OutboundMessage message) throws Exception {
        JChannel connected = channel;
        if (connected == null || !listening || connected.isClosed()) {
            return;
        }
        byte[] bytes = message.bytes();
        if (message.kind() == OutboundMessage.MessageKind.RESIGN) {
            Address member = crashes.memberAt(peer);
            if (member != null) {
                connected.send(new BytesMessage(member, bytes).setFlag(Flag.OOB, Flag.DONT_BUNDLE));
            }
        }
        // bypasses membership and retransmission: only the newest message counts, and an old one must not delay it
        connected.send(new BytesMessage(new IpAddress(InetAddress.getByName(peer.host()), peer.port()), bytes)
                .setFlag(Flag.OOB, Flag.DONT_BUNDLE, Flag.NO_RELIABILITY, Flag.NO_FC));
        if (message.kind() == OutboundMessage.MessageKind.HEARTBEAT) {
            counters.heartbeatsSent.increment();
        }
    }

    @Override
    public void close() {
        closed = true;
        crashes.close();
        connector.close();
        silence.close();
        links.values().forEach(link -> link.close(300));
        JChannel last = channel;
        if (last != null) {
            last.close();
        }
        sockets.close();
    }

    /** The links to the peers, followed by a refused host that is not a peer. */
    @Override
    public List<LinkStatus> links() {
        List<LinkStatus> links = new ArrayList<>();
        for (ServerAddress peer : config.others()) {
            links.add(new LinkStatus(peer.toString(), speakers.nameAt(peer), sockets.problemWith(peer)));
        }
        String stranger = sockets.stranger();
        if (stranger != null) {
            links.add(new LinkStatus(stranger, null, "its connections are refused: no node of group.peers is there"));
        }
        return links;
    }

    @Override
    public @Nullable String problem() {
        String reason = problem;
        return reason == null ? null : where() + " is not open, so no peer is heard: " + reason;
    }

    /** The counters of this channel. */
    public GroupCounters counters() {
        return counters;
    }

    private void tell(Consumer<GroupListener> what) {
        GroupListener to = listener;
        if (to != null) {
            what.accept(to);
        }
    }

    private @Nullable TP transport() {
        JChannel last = channel;
        return last == null ? null : last.getProtocolStack().getTransport();
    }
}
