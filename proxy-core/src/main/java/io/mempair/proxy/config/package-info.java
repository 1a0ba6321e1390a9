/** The operator's settings, as records that are valid once constructed. Immutable; any thread. */
@NullMarked
package io.mempair.proxy.config;

import org.jspecify.annotations.NullMarked;
