package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;
import java.nio.file.Path;

/**
 * Where the node is observed and controlled.
 *
 * @param http      read-only HTTP: metrics, health, status
 * @param control   unix socket for what changes something; readable and writable by its owner only
 * @param security  of {@code http}
 */
public record AdminConfig(ServerAddress http, Path control, AdminSecurity security) {

    /** TCP port of the HTTP face unless the file says otherwise. */
    public static final int DEFAULT_HTTP_PORT = 9411;

    /** Path of the control socket unless the file says otherwise. */
    public static final Path DEFAULT_CONTROL = Path.of("/run/mempair/control.sock");

    /** With plain HTTP for everybody. */
    public AdminConfig(ServerAddress http, Path control) {
        this(http, control, AdminSecurity.NONE);
    }
}
