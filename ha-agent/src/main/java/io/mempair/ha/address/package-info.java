/** The virtual address: the guard process that holds it, and what the interface carries. */
@NullMarked
package io.mempair.ha.address;

import org.jspecify.annotations.NullMarked;
