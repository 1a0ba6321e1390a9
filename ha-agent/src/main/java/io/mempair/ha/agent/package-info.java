/** One thread that feeds the election and carries its decisions out. */
@NullMarked
package io.mempair.ha.agent;

import org.jspecify.annotations.NullMarked;
