package io.mempair.proxy.config;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its private key, as read from two PEM files and checked to belong together.
 *
 * @param chain  the certificate first, then its intermediates
 * @param key    never shown, not even by {@link #toString}
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {

    private static final byte[] SAMPLE = {'m', 'e', 'm', 'p', 'a', 'i', 'r'};

    public TlsIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("certificate: missing (expected: at least one)");
        }
    }

    /**
     * Reads both files.
     *
     * @param certificateKey  what the operator calls the file with the certificate, for messages
     * @param keyKey          what the operator calls the file with the key
     * @throws IllegalArgumentException naming the file and the remedy
     */
    public static TlsIdentity read(String certificateKey, Path certificate, String keyKey, Path key) {
        TlsIdentity identity =
                new TlsIdentity(PemFile.certificates(certificateKey, certificate), PemFile.privateKey(keyKey, key));
        if (!identity.belongTogether()) {
            throw new IllegalArgumentException(keyKey + ": " + key + " is not the key of " + certificate
                    + " (expected: the key the certificate was requested with, the certificate first in its file)");
        }
        return identity;
    }

    private boolean belongTogether() {
        PublicKey publicKey = chain.get(0).getPublicKey();
        try {
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
            };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "TlsIdentity[" + chain.get(0).getSubjectX500Principal() + ']';
    }
}
