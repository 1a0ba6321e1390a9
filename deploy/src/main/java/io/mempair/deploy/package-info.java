/** What the build of the packages needs beside Maven's plugins; nothing of it is shipped. */
@NullMarked
package io.mempair.deploy;

import org.jspecify.annotations.NullMarked;
