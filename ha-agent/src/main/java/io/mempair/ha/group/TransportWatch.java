package io.mempair.ha.group;

import org.jgroups.Event;
import org.jgroups.stack.Protocol;

/**
 * A protocol above the transport that reports when it listens and knows its cluster. From then on messages that bypass
 * membership flow, while GMS still looks for other members: that takes up to a second, during which no node would be
 * active. Runs on the thread that connects the channel; adds nothing to messages.
 */
final class TransportWatch extends Protocol {

    private final Runnable listening;

    TransportWatch(Runnable listening) {
        this.listening = listening;
    }

    @Override
    public Object down(Event event) {
        Object result = super.down(event);
        if (event.getType() == Event.CONNECT) {
            listening.run();
        }
        return result;
    }
}
