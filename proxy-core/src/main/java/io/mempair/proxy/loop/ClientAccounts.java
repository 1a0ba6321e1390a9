package io.mempair.proxy.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The open accounts of the clients of one event loop, in no order. Adding and removing cost the same however many there
 * are. Confined to its loop.
 */
final class ClientAccounts {

    private final List<MemoryAccount> accounts = new ArrayList<>();

    int size() {
        return accounts.size();
    }

    void add(MemoryAccount account) {
        account.place = accounts.size();
        accounts.add(account);
    }

    /** Removes an account; no effect if it is not in here. The last one takes its place. */
    void remove(MemoryAccount account) {
        if (account.place >= 0) {
            MemoryAccount last = accounts.remove(accounts.size() - 1);
            if (last != account) {
                accounts.set(account.place, last);
                last.place = account.place;
            }
            account.place = -1;
        }
    }

    /** The account with the largest {@code amount}, if that is more than {@code least}; else null. */
    @Nullable
    MemoryAccount greediest(ToLongFunction<MemoryAccount> amount, long least) {
        MemoryAccount greediest = null;
        long most = least;
        for (int i = 0; i < accounts.size(); i++) {
            long bytes = amount.applyAsLong(accounts.get(i));
            if (bytes > most) {
                greediest = accounts.get(i);
                most = bytes;
            }
        }
        return greediest;
    }

    /** The account whose started value has waited the longest for its next byte; null if none waits. */
    @Nullable
    MemoryAccount stalest() {
        MemoryAccount stalest = null;
        for (int i = 0; i < accounts.size(); i++) {
            MemoryAccount account = accounts.get(i);
            if (account.arrivedTick >= 0 && (stalest == null || account.arrivedTick < stalest.arrivedTick)) {
                stalest = account;
            }
        }
        return stalest;
    }
}
