package io.mempair.ha.certificate;

import io.mempair.proxy.config.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes certificates (RFC 5280, version 3) with new keys on the curve P-256, signed by ECDSA with SHA-256. Stateless; any
 * thread; a key costs some milliseconds.
 */
public final class Certificates {

    private static final String CURVE = "secp256r1";
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final byte[] SERVER_AND_CLIENT =
            Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"), Der.oid("1.3.6.1.5.5.7.3.2"));
    private static final byte DIGITAL_SIGNATURE = (byte) 0x80;
    private static final byte SIGN_CERTIFICATES_AND_LISTS = 0x06;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Certificates() {}

    /** An authority of its own: it signs nodes' certificates, and no other authority's. */
    public static TlsIdentity authority(String name, Instant from, Instant until) {
        KeyPair keys = newKeys();
        return new TlsIdentity(
                List.of(signed(keys.getPublic(), name(name), keys, name(name), from, until, true)), keys.getPrivate());
    }

    /**
     * A node's certificate, good for both ends of a connection.
     *
     * @param authority  signs it with an EC key
     */
    public static TlsIdentity node(String name, TlsIdentity authority, Instant from, Instant until) {
        KeyPair keys = newKeys();
        X509Certificate signer = authority.chain().get(0);
        return new TlsIdentity(
                List.of(signed(
                        keys.getPublic(),
                        name(name),
                        new KeyPair(signer.getPublicKey(), authority.key()),
                        signer.getSubjectX500Principal().getEncoded(),
                        from,
                        until,
                        false)),
                keys.getPrivate());
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot make EC keys on " + CURVE, e);
        }
    }

    private static X509Certificate signed(
            PublicKey key, byte[] subject, KeyPair signer, byte[] issuer, Instant from, Instant until, boolean ca) {
        byte[] content = Der.sequence(
                Der.explicit(0, Der.integer(BigInteger.TWO)), // version 3
                Der.integer(new BigInteger(127, RANDOM).add(BigInteger.ONE)),
                ECDSA_WITH_SHA256,
                issuer,
                Der.sequence(Der.time(from), Der.time(until)),
                subject,
                key.getEncoded(),
                Der.explicit(3, extensions(key, signer.getPublic(), ca)));
        try {
            byte[] whole =
                    Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature(content, signer.getPrivate())));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate cannot be made: " + e.getMessage(), e);
        }
    }

    private static byte[] signature(byte[] content, PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key, RANDOM);
        signature.update(content);
        return signature.sign();
    }

    private static byte[] extensions(PublicKey key, PublicKey signer, boolean ca) {
        List<byte[]> all = new ArrayList<>();
        byte[] constraints = ca ? Der.sequence(Der.bool(true), Der.integer(BigInteger.ZERO)) : Der.sequence();
        all.add(extension("2.5.29.19", true, constraints));
        byte[] usage = ca ? Der.bits(1, SIGN_CERTIFICATES_AND_LISTS) : Der.bits(7, DIGITAL_SIGNATURE);
        all.add(extension("2.5.29.15", true, usage));
        if (!ca) {
            all.add(extension("2.5.29.37", false, SERVER_AND_CLIENT));
        }
        all.add(extension("2.5.29.14", false, Der.octets(identifier(key))));
        all.add(extension("2.5.29.35", false, Der.sequence(Der.implicit(0, identifier(signer)))));
        return Der.sequence(all.toArray(new byte[0][]));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /** RFC 7093, method 1, over the whole key: any value that differs from key to key will do. */
    private static byte[] identifier(PublicKey key) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(commonName))));
    }
}
