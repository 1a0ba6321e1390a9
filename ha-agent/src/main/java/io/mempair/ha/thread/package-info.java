/** Threads that others depend on. */
@NullMarked
package io.mempair.ha.thread;

import org.jspecify.annotations.NullMarked;
