package io.mempair.ha.config;

/**
 * A witness, as the operator configured it: it votes and never serves.
 *
 * @param name      unique among the three
 * @param group     the channel to the two nodes, which are its peers; its mode is {@link Mode#WITNESS} and its witness
 *                  this one itself
 * @param admin     where it is watched
 * @param log    what is logged, and how
 */
public record WitnessConfig(String name, GroupConfig group, AdminConfig admin, LogConfig log) {

    public WitnessConfig {
        NodeConfig.requireName(name);
    }
}
