/** What a client sees: one request on a new connection every few milliseconds, and how long none was answered. */
@NullMarked
package io.mempair.ha.probe;

import org.jspecify.annotations.NullMarked;
