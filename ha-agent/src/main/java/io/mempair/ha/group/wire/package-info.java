/**
 * The sockets under the channel: who may connect, how both ends prove who they are, and how long anything may take. JGroups
 * above gets connections of known peers only.
 */
@NullMarked
package io.mempair.ha.group.wire;

import org.jspecify.annotations.NullMarked;
