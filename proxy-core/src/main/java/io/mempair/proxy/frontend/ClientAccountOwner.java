package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;

/** Closes one client, or lets it go on, as the memory of its loop demands. On its loop. */
final class ClientAccountOwner implements MemoryAccount.AccountOwner {

    private final ClientConnection client;
    private final LoopCounters counters;

    ClientAccountOwner(ClientConnection client, LoopCounters counters) {
        this.client = client;
        this.counters = counters;
    }

    @Override
    public void tooMuchUnread() {
        counters.count(ProxyMeter.CLIENTS_UNREAD);
        client.drop("left too many answers unread");
    }

    @Override
    public void holdsMost() {
        counters.count(ProxyMeter.CLIENTS_GREEDIEST);
        client.drop("held most of all when memory was short");
    }

    @Override
    public void stalled() {
        counters.count(ProxyMeter.CLIENTS_STALLED);
        client.dropStalled();
    }

    @Override
    public void recount() {
        client.recount();
    }

    @Override
    public void roomAgain() {
        client.roomAgain();
    }
}
