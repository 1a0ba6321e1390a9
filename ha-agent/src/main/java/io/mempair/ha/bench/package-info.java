/** Load on a memcached address, every reply verified: what it takes, and what its clients wait. */
@NullMarked
package io.mempair.ha.bench;

import org.jspecify.annotations.NullMarked;
