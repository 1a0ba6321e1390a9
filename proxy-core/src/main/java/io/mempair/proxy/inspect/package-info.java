/**
 * What an operator looks at requests with: the slow ones, the hot keys, a live view. Bounded, and off unless somebody looks. Knows
 * no channel, no server and no clock: times are passed in.
 */
@NullMarked
package io.mempair.proxy.inspect;

import org.jspecify.annotations.NullMarked;
