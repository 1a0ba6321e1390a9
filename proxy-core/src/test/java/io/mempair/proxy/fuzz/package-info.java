/** Bytes from outside, as wrong as a fuzzer makes them, against models of how they are framed. */
@NullMarked
package io.mempair.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
