/** How an attempt to connect ended, and questions to several hosts at once. */
@NullMarked
package io.mempair.ha.connect;

import org.jspecify.annotations.NullMarked;
