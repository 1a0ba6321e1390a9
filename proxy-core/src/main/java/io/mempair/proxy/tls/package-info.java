/** TLS of the JDK, set up from the operator's records. */
@NullMarked
package io.mempair.proxy.tls;

import org.jspecify.annotations.NullMarked;
