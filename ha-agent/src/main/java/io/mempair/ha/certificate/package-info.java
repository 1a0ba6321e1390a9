/** X.509 certificates made here, because the JDK reads them and cannot write them; secrets; and the new files that have them. */
@NullMarked
package io.mempair.ha.certificate;

import org.jspecify.annotations.NullMarked;
