/** Where keys are placed, and what is there: reads servers and changes nothing on them. */
@NullMarked
package io.mempair.ha.locate;

import org.jspecify.annotations.NullMarked;
