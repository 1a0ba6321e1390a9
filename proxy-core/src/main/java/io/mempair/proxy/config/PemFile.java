package io.mempair.proxy.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys in PEM form. Every complaint begins with the operator's key and names the file. */
public final class PemFile {

    /** Bytes; a bundle of every public authority is about a quarter of it. */
    private static final int MAX_BYTES = 1 << 20;

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PemFile() {}

    /**
     * Every certificate of a file, at least one.
     *
     * @param configKey  what the operator calls the file
     * @throws IllegalArgumentException naming the file and the remedy
     */
    public static List<X509Certificate> certificates(String configKey, Path file) {
        String text = text(configKey, file);
        int begin = text.indexOf("-----BEGIN CERTIFICATE-----");
        if (begin < 0) {
            throw wrong(configKey, file, "holds no certificate", "PEM, -----BEGIN CERTIFICATE-----");
        }
        try {
            var bytes = new ByteArrayInputStream(text.substring(begin).getBytes(StandardCharsets.US_ASCII));
            return CertificateFactory.getInstance("X.509").generateCertificates(bytes).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw wrong(configKey, file, "has a broken certificate", "what openssl x509 -in FILE can read");
        }
    }

    /**
     * The private key of a file, in PKCS#8 form and not encrypted.
     *
     * @param configKey  what the operator calls the file
     * @throws IllegalArgumentException naming the file and the remedy
     */
    static PrivateKey privateKey(String configKey, Path file) {
        Matcher block = BLOCK.matcher(text(configKey, file));
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return pkcs8(configKey, file, block.group(2));
            }
            if (kind.endsWith("PRIVATE KEY")) {
                String what = kind.startsWith("ENCRYPTED") ? "is encrypted" : "is an old-form '" + kind + '\'';
                throw wrong(configKey, file, what, "PKCS#8: openssl pkcs8 -topk8 -nocrypt -in FILE -out NEW");
            }
        }
        throw wrong(configKey, file, "holds no private key", "PEM, -----BEGIN PRIVATE KEY-----");
    }

    private static PrivateKey pkcs8(String configKey, Path file, String base64) {
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw wrong(configKey, file, "has a broken private key", "what openssl pkey -in FILE can read");
        }
        return KEY_ALGORITHMS.stream()
                .flatMap(algorithm -> keyOf(algorithm, encoded).stream())
                .findFirst()
                .orElseThrow(() ->
                        wrong(configKey, file, "has a broken private key", "an RSA, EC or Ed25519 key in PKCS#8"));
    }

    private static Optional<PrivateKey> keyOf(String algorithm, byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException another) {
            return Optional.empty();
        }
    }

    /** A small text file. */
    static String text(String configKey, Path file) {
        try {
            return TextFile.read(file, MAX_BYTES, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalArgumentException(configKey + ": " + file + ' ' + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException wrong(String configKey, Path file, String what, String expected) {
        return new IllegalArgumentException(configKey + ": " + file + ' ' + what + " (expected: " + expected + ')');
    }
}
