/** What two copies of a key need so that they stay equal. Pure. */
@NullMarked
package io.mempair.proxy.replication;

import org.jspecify.annotations.NullMarked;
