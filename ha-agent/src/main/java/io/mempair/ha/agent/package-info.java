/** One thread that feeds the election and executes its decisions. */
@NullMarked
package io.mempair.ha.agent;

import org.jspecify.annotations.NullMarked;
