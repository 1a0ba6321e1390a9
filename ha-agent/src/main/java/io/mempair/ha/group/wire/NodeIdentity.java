package io.mempair.ha.group.wire;

import io.mempair.ha.certificate.Certificates;
import io.mempair.ha.config.GroupSecurity;
import io.mempair.proxy.config.TlsIdentity;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * This node's certificate and the rule which certificates it accepts.
 *
 * @param context   with this node's certificate and the trust rule
 * @param proofKey  key that each end proves to have on each connection
 */
record NodeIdentity(SSLContext context, SecretKey proofKey) {

    /** Not a secret: with certificates of an authority the handshake alone is the proof. */
    private static final SecretKey NO_SECRET =
            new SecretKeySpec("mempair channel".getBytes(StandardCharsets.US_ASCII), "HmacSHA256");

    private static final Instant ALWAYS_FROM = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant ALWAYS_UNTIL = Instant.parse("9999-12-31T23:59:59Z"); // RFC 5280: has no end

    static NodeIdentity of(GroupSecurity.Tls tls) {
        try {
            KeyStore trusted = emptyStore();
            for (int i = 0; i < tls.authorities().size(); i++) {
                trusted.setCertificateEntry("ca" + i, tls.authorities().get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            return new NodeIdentity(context(tls.identity(), factory.getTrustManagers()), NO_SECRET);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("group.tls-...: this Java cannot use the certificates: " + e, e);
        }
    }

    /** Creates an ephemeral certificate. Anybody could make one, so the proof must cover it. */
    static NodeIdentity of(GroupSecurity.SharedKey shared) {
        try {
            TlsIdentity signer = Certificates.authority("mempair", ALWAYS_FROM, ALWAYS_UNTIL);
            TlsIdentity own = Certificates.node("mempair", signer, ALWAYS_FROM, ALWAYS_UNTIL);
            return new NodeIdentity(context(own, new TrustManager[] {new AnyCertificate()}), shared.key());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("group.key-file: this Java cannot do TLS: " + e, e);
        }
    }

    private static SSLContext context(TlsIdentity own, TrustManager[] trust)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        char[] unused = new char[0]; // the key store stays in memory
        store.setKeyEntry("node", own.key(), unused, own.chain().toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, unused);
        KeyManager[] keys = factory.getKeyManagers();
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, trust, null);
        return context;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /**
     * Accepts any certificate. TLS proves that the other end has its private key; the proof authenticates the
     * certificate.
     */
    private static final class AnyCertificate extends X509ExtendedTrustManager {

        private static final List<X509Certificate> NONE = List.of();

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return NONE.toArray(new X509Certificate[0]);
        }
    }
}
