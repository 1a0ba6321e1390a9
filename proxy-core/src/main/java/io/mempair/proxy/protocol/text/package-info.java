/** The text protocol: bytes to requests, and answers of servers to events. Pure; no channels. */
@NullMarked
package io.mempair.proxy.protocol.text;

import org.jspecify.annotations.NullMarked;
