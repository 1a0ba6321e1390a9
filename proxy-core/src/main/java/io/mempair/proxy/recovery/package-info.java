/** The return of a server: its journal replayed or a flush verified, then all its keys copied in bulk, at a pace. */
@NullMarked
package io.mempair.proxy.recovery;

import org.jspecify.annotations.NullMarked;
