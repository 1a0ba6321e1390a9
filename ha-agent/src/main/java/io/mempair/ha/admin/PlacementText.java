package io.mempair.ha.admin;

import io.mempair.proxy.config.LabelledServer;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;

/** What decides where keys are, as JSON with the keys of the file's section {@code proxy}, which is YAML too. Pure. */
final class PlacementText {

    private PlacementText() {}

    static String of(PoolConfig pool) {
        PlacementRule rule = pool.placement();
        var json = new JsonWriter().beginObject();
        servers(json, "servers", pool.primaries(), rule);
        if (pool.hasBackupTier()) {
            servers(json, "backups", pool.backups(), rule);
        }
        json.field("distribution", rule.distribution().toString());
        rule.hash().ifPresent(hash -> json.field("hash", hash.toString()));
        if (!rule.part().tag().isEmpty()) {
            json.field("hash-tag", rule.part().tag());
        }
        if (!rule.part().skipPrefix().isEmpty()) {
            json.field("hash-skip-prefix", rule.part().skipPrefix());
        }
        return json.endObject().toString();
    }

    private static void servers(JsonWriter json, String key, List<ServerAddress> servers, PlacementRule rule) {
        json.beginArray(key);
        servers.forEach(server -> json.element(new LabelledServer(server, rule.labelOf(server)).toString()));
        json.endArray();
    }
}
