/** Point to server: how a tier is divided. A ring never changes because a server is down. Pure. */
@NullMarked
package io.mempair.proxy.ring;

import org.jspecify.annotations.NullMarked;
