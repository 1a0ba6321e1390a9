/**
 * The sockets under the channel: who may connect, how both ends authenticate, and the time limits. JGroups receives
 * connections of known peers only.
 */
@NullMarked
package io.mempair.ha.group.wire;

import org.jspecify.annotations.NullMarked;
