/** The program behind {@code deploy/chaos.sh}: a pair under verified load, with everything that can go wrong at random. */
@NullMarked
package io.mempair.deploy.chaos;

import org.jspecify.annotations.NullMarked;
