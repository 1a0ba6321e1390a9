/** The channel between the nodes, and the only user of JGroups: views and messages become events. */
@NullMarked
package io.mempair.ha.group;

import org.jspecify.annotations.NullMarked;
