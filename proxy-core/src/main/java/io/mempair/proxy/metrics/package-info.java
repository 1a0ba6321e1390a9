/** Every meter of the data plane, declared once; counters per loop, merged when scraped. */
@NullMarked
package io.mempair.proxy.metrics;

import org.jspecify.annotations.NullMarked;
