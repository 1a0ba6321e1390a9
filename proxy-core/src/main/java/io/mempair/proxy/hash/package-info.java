/** Key to point: the hash functions placement is made of. Pure. */
@NullMarked
package io.mempair.proxy.hash;

import org.jspecify.annotations.NullMarked;
