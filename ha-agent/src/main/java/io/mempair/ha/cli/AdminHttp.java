package io.mempair.ha.cli;

import io.mempair.ha.config.AdminSecurity;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import io.mempair.ha.config.GroupSecurity;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.Users;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks the admin face of another member as the file of this one has it: the members of a pair have the same TLS and logins. By TLS it
 * trusts whoever shows this member's own certificate, or one of the authorities of the pair's channel: only members have those, so
 * the name in it does not matter. Blocks; any thread.
 */
final class AdminHttp {

    private static final int LIMIT_MILLIS = 2_000;
    private static final int MAX_BYTES = 4 << 20;

    private static final String THERE = ": run mempair debug on its host too";

    private final AdminSecurity security;
    private final List<X509Certificate> authorities;

    AdminHttp(AdminSecurity security, List<X509Certificate> authorities) {
        this.security = security;
        this.authorities = List.copyOf(authorities);
    }

    /** As this file says; plain and without a login if it cannot be read. */
    static AdminHttp as(Path file) {
        try {
            AdminSecurity security = ConfigReader.readAdmin(file).security();
            return new AdminHttp(security, security.identity() == null ? List.of() : authorities(file));
        } catch (ConfigException e) {
            return new AdminHttp(AdminSecurity.NONE, List.of());
        }
    }

    private static List<X509Certificate> authorities(Path file) {
        try {
            ConfigText text = ConfigText.of(file);
            GroupSecurity channel = ConfigReader.describesWitness(text)
                    ? ConfigReader.readWitness(text).group().security()
                    : ConfigReader.readNode(text).group().security();
            return channel instanceof GroupSecurity.Tls tls ? tls.authorities() : List.of();
        } catch (ConfigException e) {
            return List.of();
        }
    }

    /**
     * What a page says.
     *
     * @param address  host and port
     * @throws IOException with words for the operator
     */
    String get(String address, String path) throws IOException {
        String scheme = security.identity() == null ? "http://" : "https://";
        HttpURLConnection connection = (HttpURLConnection) new URL(scheme + address + path).openConnection();
        connection.setConnectTimeout(LIMIT_MILLIS);
        connection.setReadTimeout(LIMIT_MILLIS);
        Users users = security.users();
        if (users != null) {
            connection.setRequestProperty("Authorization", basic(users.logins().get(0)));
        }
        TlsIdentity own = security.identity();
        if (own != null && connection instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(trusting(own));
            https.setHostnameVerifier((name, session) -> true);
        }
        try {
            int code = connection.getResponseCode();
            if (code == HttpURLConnection.HTTP_UNAUTHORIZED) {
                throw new IOException("it wants a login that this node's admin.auth-file does not have" + THERE);
            }
            if (code != HttpURLConnection.HTTP_OK) {
                throw new IOException("it answers with HTTP status " + code + THERE);
            }
            try (InputStream body = connection.getInputStream()) {
                return new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            }
        } catch (SSLException e) {
            throw new IOException(
                    "it does not show the certificate of admin.tls-certificate, nor one of group.tls-ca ("
                            + FailureText.of(e) + ')' + THERE,
                    e);
        } finally {
            connection.disconnect();
        }
    }

    private static String basic(Login login) {
        String pair = login.user() + ':' + login.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.ISO_8859_1));
    }

    private SSLSocketFactory trusting(TlsIdentity own) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("own", own.chain().get(0));
            for (int i = 0; i < authorities.size(); i++) {
                trusted.setCertificateEntry("authority" + i, authorities.get(i));
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java cannot do TLS: " + FailureText.of(e), e);
        }
    }
}
