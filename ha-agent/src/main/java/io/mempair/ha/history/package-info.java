/** What happened to the pair: records of changes of roles and of reloads, bounded, the same on both nodes. */
@NullMarked
package io.mempair.ha.history;

import org.jspecify.annotations.NullMarked;
