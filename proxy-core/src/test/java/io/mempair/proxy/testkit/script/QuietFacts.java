package io.mempair.proxy.testkit.script;

import io.mempair.proxy.command.ProxyFacts;
import io.mempair.proxy.command.stats.KeptCounters;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import java.util.List;

/** Says little of itself, so that answers can be told apart by their lines. */
public final class QuietFacts implements ProxyFacts {

    private final KeptCounters kept = new KeptCounters();

    @Override
    public byte[] versionReply() {
        return TextReplies.line("VERSION 1.6.18");
    }

    @Override
    public void verbosity(int level) {}

    @Override
    public List<Stat> ownGeneral() {
        return List.of(new Stat("pid", "1"));
    }

    @Override
    public List<Stat> ownSettings() {
        return List.of();
    }

    @Override
    public List<Stat> exporterNumbers() {
        return List.of();
    }

    @Override
    public List<Stat> serverNumbers() {
        return List.of();
    }

    @Override
    public List<Stat> proxyNumbers() {
        return List.of();
    }

    @Override
    public KeptCounters keptCounters() {
        return kept;
    }
}
