package io.mempair.ha.agent;

import io.mempair.ha.address.VirtualAddress;
import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Message;
import io.mempair.ha.group.GroupListener;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.group.ServerStateMessage;
import java.util.List;
import java.util.function.Consumer;

/** Converts reports of the address, the channel and the checks to events for the agent. Any thread; never blocks. */
final class Reports implements VirtualAddress.AddressListener, GroupListener, Checks.ChecksListener {

    private final EventQueue events;
    private final ServerStateReplicator exchange;
    private final SummaryExchange summaries;
    private final Consumer<String> handOverAsked;

    /** @param handOverAsked  takes the name of the node that wants the address; any thread, must not block */
    Reports(
            EventQueue events,
            ServerStateReplicator exchange,
            SummaryExchange summaries,
            Consumer<String> handOverAsked) {
        this.events = events;
        this.exchange = exchange;
        this.summaries = summaries;
        this.handOverAsked = handOverAsked;
    }

    @Override
    public void claimed(long epoch) {
        events.put(now -> new Event.AddressClaimed(now, epoch));
    }

    @Override
    public void failed(long epoch, String why) {
        events.put(now -> new Event.ClaimFailed(now, epoch, why));
    }

    @Override
    public void released(long epoch) {
        events.put(now -> new Event.AddressReleased(now, epoch));
    }

    @Override
    public void lost(String why) {
        events.put(now -> new Event.AddressLost(now, why));
    }

    @Override
    public void observed(boolean held) {
        events.put(now -> new Event.AddressObserved(now, held));
    }

    @Override
    public void fitness(List<String> problems) {
        events.put(now -> new Event.FitnessChanged(now, problems));
    }

    @Override
    public void tieBreakerHeard(long askedNanos) {
        events.put(now -> new Event.TieBreakerHeard(now, askedNanos));
    }

    @Override
    public void connected() {
        events.put(Event.ChannelConnected::new);
    }

    @Override
    public void heard(Message message) {
        events.put(now -> new Event.Heard(now, message));
    }

    @Override
    public void heard(ServerStateMessage message) {
        events.putStep(now -> exchange.heard(message, now));
    }

    @Override
    public void heard(OperatorMessage message) {
        if (message instanceof OperatorMessage.HandOverRequest request) {
            handOverAsked.accept(request.from());
        } else {
            events.putTask(now -> summaries.heard(message, now));
        }
    }

    @Override
    public void died(String name, long incarnation) {
        events.put(now -> new Event.PeerDied(now, name, incarnation));
    }
}
