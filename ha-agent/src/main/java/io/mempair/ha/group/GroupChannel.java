package io.mempair.ha.group;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.ServerAddress;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message.Flag;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel between the nodes over JGroups.
 *
 * <p>Messages go to the configured address and port of a peer, past membership: so a peer is heard again one heartbeat
 * after a cut has healed, not after a merge, and a view that is wrong keeps nobody silent. Who a message is from is what
 * the message says. Membership serves one purpose, speed: JGroups hears the reset of a killed process in about 16 ms
 * and drops it from the view, and {@link CrashProof} then tells whether it is dead.
 *
 * <p>Its threads only hand events to the {@link GroupListener}.
 */
public final class GroupChannel implements Group {

    private static final Logger LOG = LoggerFactory.getLogger(GroupChannel.class);
    private static final String CLUSTER = "mempair";
    private static final Duration CONNECT_RETRY = Duration.ofSeconds(1);
    private static final long WARN_PAUSE_NANOS = 60_000_000_000L;

    /** Who spoke last from a JGroups address. */
    private record Speaker(String name, long incarnation, long heardNanos) {}

    private final GroupConfig config;
    private final String self;
    private final Clock clock;
    private final GroupCounters counters = new GroupCounters();
    private final CrashProof crashProof;
    private final Timers connector = new Timers("mempair-group-connect");
    private final Map<ServerAddress, PeerLink> links = new LinkedHashMap<>();
    private final Map<Address, Speaker> speakers = new ConcurrentHashMap<>();
    private final Map<String, ServerAddress> whereabouts = new ConcurrentHashMap<>();
    private volatile @Nullable View view;
    private volatile @Nullable JChannel channel;
    private volatile @Nullable GroupListener listener;
    private volatile boolean closed;
    private volatile long lastWarnNanos;

    /**
     * @param self  name of this node
     */
    public GroupChannel(GroupConfig config, String self, Clock clock) {
        this.config = config;
        this.self = self;
        this.clock = clock;
        this.crashProof = new CrashProof(clock);
        this.lastWarnNanos = clock.nanoTime() - WARN_PAUSE_NANOS;
    }

    @Override
    public void start(GroupListener to) {
        listener = to;
        for (ServerAddress peer : config.peers()) {
            links.put(peer, new PeerLink(peer, message -> carry(peer, message)));
        }
        connector.after(Duration.ZERO, this::connect);
    }

    /** Takes up to two seconds when the peer is a black hole; a port in use is tried again. */
    private void connect() {
        if (closed) {
            return;
        }
        JChannel fresh = null;
        try {
            fresh = new JChannel(new ByteArrayInputStream(StackConfig.xml(config)));
            fresh.setName(self).setDiscardOwnMessages(true).setReceiver(new Callbacks());
            channel = fresh;
            fresh.connect(CLUSTER);
            LOG.info("channel connected on {}:{}, view {}", config.bind(), config.port(), fresh.getViewAsString());
            GroupListener to = listener;
            if (to != null) {
                to.connected();
            }
        } catch (Exception e) {
            LOG.error("channel on {}:{}: {}; trying again", config.bind(), config.port(), reasonOf(e));
            channel = null;
            if (fresh != null) {
                fresh.close();
            }
            connector.after(CONNECT_RETRY, this::connect);
        }
    }

    private static String reasonOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }

    @Override
    public void send(Message message) {
        links.values().forEach(link -> link.send(message));
    }

    @Override
    public void send(String to, Message message) {
        ServerAddress where = whereabouts.get(to);
        PeerLink link = where == null ? null : links.get(where);
        if (link != null) {
            link.send(message);
        } else {
            send(message); // every peer ignores an answer it did not ask for
        }
    }

    /** On the thread of the link to {@code peer}. */
    private void carry(ServerAddress peer, Message message) throws Exception {
        JChannel connected = channel;
        if (connected == null || !connected.isConnected()) {
            return;
        }
        byte[] bytes = MessageCodec.encode(message);
        if (message instanceof Resign) {
            Address member = memberAt(peer);
            if (member != null) {
                connected.send(new BytesMessage(member, bytes).setFlag(Flag.OOB, Flag.DONT_BUNDLE));
            }
        }
        // past membership and retransmission: the newest word counts, and an old one must not delay it
        connected.send(new BytesMessage(new IpAddress(InetAddress.getByName(peer.host()), peer.port()), bytes)
                .setFlag(Flag.OOB, Flag.DONT_BUNDLE, Flag.NO_RELIABILITY, Flag.NO_FC));
        if (message instanceof Heartbeat) {
            counters.heartbeatsSent.increment();
        }
    }

    private @Nullable Address memberAt(ServerAddress peer) {
        View last = view;
        for (Address member : last == null ? new Address[0] : last.getMembersRaw()) {
            Speaker speaker = speakers.get(member);
            if (speaker != null && peer.equals(whereabouts.get(speaker.name()))) {
                return member;
            }
        }
        return null;
    }

    @Override
    public void close() {
        closed = true;
        connector.close();
        links.values().forEach(link -> link.close(300));
        JChannel last = channel;
        if (last != null) {
            last.close();
        }
    }

    /** What this channel counts. */
    public GroupCounters counters() {
        return counters;
    }

    private final class Callbacks implements Receiver {

        @Override
        public void receive(org.jgroups.Message raw) {
            Optional<Message> decoded = raw.hasArray()
                    ? MessageCodec.decode(raw.getArray(), raw.getOffset(), raw.getLength())
                    : Optional.empty();
            if (decoded.isEmpty()) {
                ignore(raw.getSrc());
                return;
            }
            Message message = decoded.get();
            if (message instanceof Heartbeat heartbeat) {
                counters.heartbeatsReceived.increment();
                remember(raw.getSrc(), heartbeat);
            }
            GroupListener to = listener;
            if (to != null) {
                to.heard(message);
            }
        }

        @Override
        public void viewAccepted(View next) {
            View last = view;
            view = next;
            LOG.debug("view {}", next);
            if (last != null) {
                View.leftMembers(last, next).forEach(GroupChannel.this::verify);
            }
        }
    }

    private void ignore(@Nullable Address source) {
        counters.ignored.increment();
        long nowNanos = clock.nanoTime();
        if (nowNanos - lastWarnNanos >= WARN_PAUSE_NANOS) {
            lastWarnNanos = nowNanos;
            LOG.warn("ignoring what {} sends: not a message of this version; do both nodes run the same?", source);
        }
    }

    private void remember(@Nullable Address source, Heartbeat heartbeat) {
        if (source == null) {
            return;
        }
        Speaker last = speakers.put(source, new Speaker(heartbeat.from(), heartbeat.incarnation(), clock.nanoTime()));
        if (last == null || !last.name().equals(heartbeat.from())) {
            speakers.keySet().removeIf(old -> !old.equals(source) && nameOf(old).equals(heartbeat.from()));
            ServerAddress where = whereIs(source);
            if (where != null) {
                whereabouts.put(heartbeat.from(), where);
            }
        }
    }

    private String nameOf(Address address) {
        Speaker speaker = speakers.get(address);
        return speaker == null ? "" : speaker.name();
    }

    /** Which configured peer a JGroups address is; with one peer there is no question. */
    private @Nullable ServerAddress whereIs(Address source) {
        if (config.peers().size() == 1) {
            return config.peers().get(0);
        }
        JChannel connected = channel;
        if (connected == null) {
            return null;
        }
        TP transport = connected.getProtocolStack().getTransport();
        if (transport.getPhysicalAddressFromCache(source) instanceof IpAddress physical) {
            return config.peers().stream()
                    .filter(peer -> physical.getPort() == peer.port() && isAt(peer, physical.getIpAddress()))
                    .findFirst()
                    .orElse(null);
        }
        return null;
    }

    private static boolean isAt(ServerAddress peer, InetAddress address) {
        try {
            return List.of(InetAddress.getAllByName(peer.host())).contains(address);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Each on a thread of its own, because the proof may take a lease and views must go on. */
    private void verify(Address lost) {
        Speaker speaker = speakers.get(lost);
        ServerAddress where = speaker == null ? null : whereabouts.get(speaker.name());
        if (speaker == null || where == null || closed) {
            return;
        }
        Duration lease = config.profile().lease();
        if (clock.nanoTime() - speaker.heardNanos() > lease.toNanos()) {
            return;
        }
        Thread proof = new Thread(
                () -> {
                    GroupListener to = listener;
                    if (crashProof.isDead(where, lease) && to != null && !closed) {
                        to.died(speaker.name(), speaker.incarnation());
                    }
                },
                "mempair-crash-proof");
        proof.setDaemon(true);
        proof.start();
    }
}
