package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

/** A client without a connection. */
final class MemoryClient implements MemoryAccount.AccountOwner {

    final MemoryAccount account;
    long kept;
    long unsent;
    String end = "";
    int resumed;

    MemoryClient(LoopMemory loop) {
        account = loop.open(this);
    }

    void keep(long bytes) {
        kept += bytes;
        account.add(MemoryUse.KEPT_ANSWERS, bytes);
    }

    @Override
    public void recount() {
        account.unsent(unsent);
    }

    @Override
    public void tooMuchUnread() {
        leave("unread");
    }

    @Override
    public void holdsMost() {
        leave("greediest");
    }

    private void leave(String reason) {
        assertThat(end).isEmpty();
        end = reason;
        keep(-kept);
    }

    @Override
    public void stalled() {
        leave("stalled");
    }

    @Override
    public void roomAgain() {
        resumed++;
    }

    static MemoryBudget budget(long limitBytes) {
        return new MemoryBudget(limitBytes, 1, () -> 0, Long.MAX_VALUE, Long.MAX_VALUE, loop -> {});
    }

    static LoopMemory loop(MemoryBudget budget) {
        return new LoopMemory(budget, 0, () -> {});
    }
}
