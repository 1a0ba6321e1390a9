/** State and order that keep two copies of a key equal. Pure. */
@NullMarked
package io.mempair.proxy.replication;

import org.jspecify.annotations.NullMarked;
