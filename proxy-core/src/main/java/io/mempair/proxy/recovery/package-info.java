/** The return of a server: journal replay or verified flush, then a bulk copy of its keys at a limited rate. */
@NullMarked
package io.mempair.proxy.recovery;

import org.jspecify.annotations.NullMarked;
