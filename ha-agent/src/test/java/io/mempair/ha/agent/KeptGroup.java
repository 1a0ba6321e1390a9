package io.mempair.ha.agent;

import io.mempair.ha.election.Message;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.GroupListener;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.group.ServerStateMessage;
import java.util.ArrayList;
import java.util.List;

/** A channel that keeps what is sent, for the test to deliver or lose. One thread. */
final class KeptGroup implements Group {

    final List<OperatorMessage> told = new ArrayList<>();
    final List<ServerStateMessage> states = new ArrayList<>();

    /** Whether a state for all is refused as too large from now on. */
    boolean tooMuch;

    @Override
    public void start(GroupListener listener) {}

    @Override
    public void send(Message message) {}

    @Override
    public void send(String to, Message message) {}

    @Override
    public void send(ServerStateMessage message) {
        if (tooMuch) {
            throw new IllegalArgumentException("knowledge of 513 servers (expected: at most 512)");
        }
        states.add(message);
    }

    @Override
    public void send(String to, ServerStateMessage message) {
        states.add(message);
    }

    @Override
    public void send(OperatorMessage message) {
        told.add(message);
    }

    @Override
    public void close() {}
}
