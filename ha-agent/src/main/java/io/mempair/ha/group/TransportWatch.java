package io.mempair.ha.group;

import org.jgroups.Event;
import org.jgroups.stack.Protocol;

/**
 * Sits on the transport and tells when it listens and knows its cluster. From there messages past membership go and
 * come, while GMS above still looks for other members: that takes up to a second, which the pair would spend with nobody
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
