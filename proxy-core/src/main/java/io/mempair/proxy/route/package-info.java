/** Which servers of a pool a key belongs to. Policy only, pure. */
@NullMarked
package io.mempair.proxy.route;

import org.jspecify.annotations.NullMarked;
