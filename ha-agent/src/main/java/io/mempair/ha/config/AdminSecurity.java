package io.mempair.ha.config;

import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.Users;
import org.jspecify.annotations.Nullable;

/**
 * How the HTTP face is protected.
 *
 * @param identity  the certificate it shows, or null for plain HTTP
 * @param users     who may read more than whether a health check is good, or null for everybody
 */
public record AdminSecurity(
        @Nullable TlsIdentity identity, @Nullable Users users) {

    /** Plain HTTP for everybody. */
    public static final AdminSecurity NONE = new AdminSecurity(null, null);
}
