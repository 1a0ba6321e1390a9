/** The copy of a client's connection that another node can go on with: its form, its codec, and sockets in repair mode. */
@NullMarked
package io.mempair.proxy.handover;

import org.jspecify.annotations.NullMarked;
