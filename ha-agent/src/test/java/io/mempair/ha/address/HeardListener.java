package io.mempair.ha.address;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it was told, a line each; observations only when they change. */
final class HeardListener implements VirtualAddress.AddressListener {

    final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile Boolean lastObserved;

    @Override
    public void claimed(long epoch) {
        lines.add("claimed " + epoch);
    }

    @Override
    public void failed(long epoch, String why) {
        lines.add("failed " + epoch + ' ' + why);
    }

    @Override
    public void released(long epoch) {
        lines.add("released " + epoch);
    }

    @Override
    public void lost(String why) {
        lines.add("lost " + why);
    }

    @Override
    public void observed(boolean held) {
        if (lastObserved == null || lastObserved != held) {
            lastObserved = held;
            lines.add("observed " + held);
        }
    }

    boolean has(String beginning) {
        return lines.stream().anyMatch(line -> line.startsWith(beginning));
    }
}
