/**
 * The soak: connections that mix the three protocols and know every answer before it comes. Its codecs are written for it alone,
 * from the protocols' documents, so that an error of the proxy's own codecs cannot hide here.
 */
@NullMarked
package io.mempair.deploy.soak;

import org.jspecify.annotations.NullMarked;
