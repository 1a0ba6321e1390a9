/** How a running node is watched (HTTP, read only) and steered (a unix socket). One event loop of its own. */
@NullMarked
package io.mempair.ha.admin;

import org.jspecify.annotations.NullMarked;
