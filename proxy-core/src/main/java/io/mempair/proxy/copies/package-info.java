/** Reads and writes of keys with two copies: decider and follower, hedged reads, replies that wait for the peers. */
@NullMarked
package io.mempair.proxy.copies;

import org.jspecify.annotations.NullMarked;
