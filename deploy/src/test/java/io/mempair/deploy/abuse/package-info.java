/** Clients that misbehave beside clients that do not, and what the latter notice: the program behind {@code deploy/abuse.sh}. */
@NullMarked
package io.mempair.deploy.abuse;

import org.jspecify.annotations.NullMarked;
