/** The binary protocol of clients: packets to requests, requests to meta lines, answers to packets. Pure; no channels. */
@NullMarked
package io.mempair.proxy.protocol.binary;

import org.jspecify.annotations.NullMarked;
