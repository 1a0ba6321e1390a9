/** The one YAML file as records, and its strict reader. Immutable; any thread. */
@NullMarked
package io.mempair.ha.config;

import org.jspecify.annotations.NullMarked;
