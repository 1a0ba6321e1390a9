/** The program behind {@code deploy/handover.sh}: switchovers of a pair in the lab under load that knows every answer beforehand. */
@NullMarked
package io.mempair.deploy.handover;

import org.jspecify.annotations.NullMarked;
