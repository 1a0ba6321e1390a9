package io.mempair.proxy.rebalance;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.route.MovePlan;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where a change of a pool moves keys that are made up, the same ones each time. Servers are numbered as in {@link MovePlan}. */
final class MovedSample {

    private static final int KEYS = 20_000;

    private final long[] held;
    private final long[] leaving;
    private final long[][] coming;

    MovedSample(PoolConfig now, PoolConfig next) {
        List<ServerAddress> from = now.servers();
        this.held = new long[from.size()];
        this.leaving = new long[from.size()];
        this.coming = new long[now.primaries().size()][next.servers().size()];
        MovePlan plan = new MovePlan(now, next);
        for (int i = 0; i < KEYS; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.US_ASCII);
            int owner = plan.ownerOf(key, 0, key.length);
            count(plan, from, owner, key);
            count(plan, from, plan.backupOf(key, 0, key.length), key);
            arrives(owner, plan.targetOf(key, 0, key.length));
            arrives(owner, plan.secondTargetOf(key, 0, key.length));
        }
    }

    private void count(MovePlan plan, List<ServerAddress> from, int holder, byte[] key) {
        if (holder != MovePlan.STAYS) {
            held[holder]++;
            leaving[holder] += plan.isToBeAt(from.get(holder), key, 0, key.length) ? 0 : 1;
        }
    }

    private void arrives(int owner, int target) {
        if (target != MovePlan.STAYS) {
            coming[owner][target]++;
        }
    }

    /** The part of the keys of that primary that is copied to that next server. */
    double shareTo(int primary, int target) {
        return held[primary] == 0 ? 0 : (double) coming[primary][target] / held[primary];
    }

    /** The part of the keys of that former server that it is not to have. */
    double shareThatLeaves(int server) {
        return held[server] == 0 ? 0 : (double) leaving[server] / held[server];
    }
}
