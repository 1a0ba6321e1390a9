package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.Users;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The section {@code admin}. */
final class AdminSection {

    /** Bytes: sun_path of unix(7) without its NUL and without what the temporary name for binding adds. */
    private static final int MAX_CONTROL_BYTES = 90;

    /** What somebody writes who wants none; all could be names of hosts, which nobody has. */
    private static final Set<String> OFF = Set.of("off", "none", "no", "false", "never", "disabled");

    /** From the line that begins with the name of the section to the next line that begins with anything but a space or a comment. */
    private static final Pattern SECTION = Pattern.compile("(?m)^admin:.*(?:\\R(?:[ \\t#].*)?)*");

    private static final Pattern OURS = Pattern.compile("(?m)^(" + String.join("|", ConfigKey.sections()) + "):");

    private static final Pattern CONTROL = Pattern.compile("\\bcontrol:\\s*[\"']?(/[^\\s\"',}]+)");

    private AdminSection() {}

    static @Nullable AdminConfig read(Section section, ServerAddress defaultHttp) {
        ServerAddress http = section.optional(ConfigKey.ADMIN_HTTP, defaultHttp, AdminSection::http);
        Path control = section.optional(ConfigKey.ADMIN_CONTROL, AdminConfig.DEFAULT_CONTROL, AdminSection::control);
        AdminSecurity security = security(section);
        return section.build(() -> new AdminConfig(http, control, security));
    }

    /** The control socket of a file that need not be YAML: the usual one if it names none; null if this is no file of ours. */
    static @Nullable Path controlIn(String text) {
        if (!OURS.matcher(text).find()) {
            return null;
        }
        Matcher section = SECTION.matcher(text);
        Matcher key = CONTROL.matcher(section.find() ? section.group() : "");
        return key.find() ? Path.of(key.group(1)) : AdminConfig.DEFAULT_CONTROL;
    }

    /** Files are read here, so that a bad one is found early. */
    private static AdminSecurity security(Section section) {
        boolean tls = section.has(ConfigKey.ADMIN_TLS_CERTIFICATE.key()) || section.has(ConfigKey.ADMIN_TLS_KEY.key());
        TlsIdentity identity =
                tls ? ListenSection.identity(section, ConfigKey.ADMIN_TLS_CERTIFICATE, ConfigKey.ADMIN_TLS_KEY) : null;
        Users users = section.has(ConfigKey.ADMIN_AUTH_FILE.key())
                ? section.required(
                        ConfigKey.ADMIN_AUTH_FILE,
                        "a file",
                        text -> Users.read(ConfigKey.ADMIN_AUTH_FILE.key(), ProxyValues.path(text)))
                : null;
        return new AdminSecurity(identity, users);
    }

    private static ServerAddress http(String text) {
        if (OFF.contains(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "'" + text + "' (expected: host:port; it cannot be switched off: for this host"
                            + " alone 127.0.0.1:" + AdminConfig.DEFAULT_HTTP_PORT
                            + "; a proxy alone has none without the section"
                            + " admin)");
        }
        return ListenSection.opened(text, AdminConfig.DEFAULT_HTTP_PORT);
    }

    static Path control(String text) {
        if (!text.startsWith("/")
                || text.indexOf('\0') >= 0
                || text.getBytes(StandardCharsets.UTF_8).length > MAX_CONTROL_BYTES) {
            throw new IllegalArgumentException(
                    "'" + text + "' (expected: an absolute path of at most " + MAX_CONTROL_BYTES + " bytes)");
        }
        return Path.of(text);
    }
}
