/** Is this node fit to be active, and if not, what would make it so. */
@NullMarked
package io.mempair.ha.check;

import org.jspecify.annotations.NullMarked;
