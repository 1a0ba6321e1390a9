package io.mempair.ha.group.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import javax.crypto.Mac;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * Authenticates a plain connection between two nodes: TLS 1.3 with certificates at both ends, and inside it a proof by
 * each end that it has the pair's key. A proof covers both certificates and the direction, so it is useless on another
 * connection: a man in the middle must present its own certificate, and would need the key to prove that one.
 *
 * <p>Blocks; the caller bounds it by closing the socket. Any thread.
 */
final class Handshake {

    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String MAC = "HmacSHA256";
    private static final int PROOF_BYTES = 32;

    private final NodeIdentity identity;

    Handshake(NodeIdentity identity) {
        this.identity = identity;
    }

    /** Secures a connection at the connecting end. */
    SSLSocket connected(Socket plain) throws IOException {
        // without a name and port TLS resumes no session: each connection is authenticated completely
        SSLSocket tls = (SSLSocket) identity.context().getSocketFactory().createSocket(plain, null, -1, false);
        tls.setUseClientMode(true);
        tls.setEnabledProtocols(PROTOCOLS);
        start(tls);
        Certificate own = own(tls);
        Certificate other = other(tls);
        send(tls, proof("connected", own, other));
        require(tls, proof("accepted", own, other));
        return tls;
    }

    /** Secures a connection at the accepting end; {@code first} was already read from {@code plain}. */
    SSLSocket accepted(Socket plain, byte[] first) throws IOException {
        SSLSocket tls = (SSLSocket)
                identity.context().getSocketFactory().createSocket(plain, new ByteArrayInputStream(first), false);
        tls.setEnabledProtocols(PROTOCOLS);
        tls.setNeedClientAuth(true);
        start(tls);
        Certificate own = own(tls);
        Certificate other = other(tls);
        require(tls, proof("connected", other, own));
        send(tls, proof("accepted", other, own));
        return tls;
    }

    private static void start(SSLSocket tls) throws IOException {
        try {
            tls.startHandshake();
        } catch (SSLException e) {
            throw new SSLException(
                    e.getMessage()
                            + " (expected: certificates that lead to group.tls-ca, or a group.key-file, on all nodes)",
                    e);
        }
    }

    private static Certificate own(SSLSocket tls) throws SSLException {
        Certificate[] chain = tls.getSession().getLocalCertificates();
        if (chain == null || chain.length == 0) {
            throw new SSLException("no certificate of ours was asked for");
        }
        return chain[0];
    }

    private static Certificate other(SSLSocket tls) throws SSLPeerUnverifiedException {
        return tls.getSession().getPeerCertificates()[0];
    }

    private static void send(SSLSocket tls, byte[] proof) throws IOException {
        tls.getOutputStream().write(proof);
        tls.getOutputStream().flush();
    }

    private static void require(SSLSocket tls, byte[] expected) throws IOException {
        byte[] proof = tls.getInputStream().readNBytes(PROOF_BYTES);
        if (proof.length < PROOF_BYTES) {
            throw new SSLException("it closed the connection in the handshake: it does not know this node's secret");
        }
        if (!MessageDigest.isEqual(proof, expected)) {
            throw new SSLException("it has another key (expected: the same group.key-file on all nodes)");
        }
    }

    private byte[] proof(String end, Certificate connected, Certificate accepted) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Mac mac = Mac.getInstance(MAC);
            mac.init(identity.proofKey());
            mac.update(("mempair 1 " + end + '\n').getBytes(StandardCharsets.US_ASCII));
            mac.update(digest.digest(connected.getEncoded()));
            mac.update(digest.digest(accepted.getEncoded()));
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IOException("no proof can be made: " + e, e);
        }
    }
}
