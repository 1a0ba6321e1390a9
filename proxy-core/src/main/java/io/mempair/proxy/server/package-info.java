/** Wiring and life cycle of the data plane. What the agent may use of it is {@link io.mempair.proxy.server.Proxy}. */
@NullMarked
package io.mempair.proxy.server;

import org.jspecify.annotations.NullMarked;
