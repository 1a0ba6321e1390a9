/** Files of nodes, written for the operator from flags, or from the files of keepalived and magent. Pure. */
@NullMarked
package io.mempair.ha.draft;

import org.jspecify.annotations.NullMarked;
