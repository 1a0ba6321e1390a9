/**
 * The fault rounds of {@code deploy/lab/faults.sh}: breaks a real pair in the lab in every way of {@link Row}, sees it with a client's eyes,
 * and holds the figures against the bounds. Knows the product only from outside: its files, its ports, its command line.
 */
@NullMarked
package io.mempair.deploy.faults;

import org.jspecify.annotations.NullMarked;
