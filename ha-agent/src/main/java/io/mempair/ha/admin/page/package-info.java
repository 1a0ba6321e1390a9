/** The page at {@code /}: its past, and the files it is made of. */
@NullMarked
package io.mempair.ha.admin.page;

import org.jspecify.annotations.NullMarked;
