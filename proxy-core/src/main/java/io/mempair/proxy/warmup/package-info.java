/** The path of requests, walked by a standby before it is active: clients and servers inside the process. */
@NullMarked
package io.mempair.proxy.warmup;

import org.jspecify.annotations.NullMarked;
