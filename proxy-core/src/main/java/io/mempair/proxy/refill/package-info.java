/** What brings a copy back: items from one server to another, a journal purged, a returning server taken back. */
@NullMarked
package io.mempair.proxy.refill;

import org.jspecify.annotations.NullMarked;
