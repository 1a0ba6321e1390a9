package io.mempair.ha.config;

import io.mempair.proxy.config.ProxyConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What could be read of the file of a node, which may have mistakes: so that what a mistake does not concern is looked at all the
 * same. A part is null if it is missing or wrong.
 *
 * @param name      of the node
 * @param group     the channel to the other node
 * @param address   the floating addresses
 * @param hooks     the operator's programs
 * @param proxy     the data plane
 * @param admin     where the node is watched and steered
 * @param problems  what is wrong with the file, each with its place; empty for a good file
 */
public record NodeFile(
        @Nullable String name,
        @Nullable GroupConfig group,
        @Nullable VirtualAddressConfig address,
        @Nullable HooksConfig hooks,
        @Nullable ProxyConfig proxy,
        @Nullable AdminConfig admin,
        List<String> problems) {

    public NodeFile {
        problems = List.copyOf(problems);
    }
}
