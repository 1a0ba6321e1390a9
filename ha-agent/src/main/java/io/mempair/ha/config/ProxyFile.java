package io.mempair.ha.config;

import io.mempair.proxy.config.ProxyConfig;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mempair proxy} reads from a file.
 *
 * @param proxy     the data plane
 * @param admin     where it is watched, or null for nowhere
 * @param log    what is logged, and how
 */
public record ProxyFile(ProxyConfig proxy, @Nullable AdminConfig admin, LogConfig log) {}
