package io.mempair.deploy.abuse;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Where clients connect.
 *
 * @param host     of the proxy, or the address of a pair
 * @param port     for plain clients
 * @param tlsPort  for clients with TLS, 0 if there is none
 */
record AbusedProxy(String host, int port, int tlsPort) {

    /** Far above any goal: a wait this long is an error. */
    private static final int PATIENCE_MILLIS = 20_000;

    private static final SSLContext TLS = trusting();

    Socket plain() throws IOException {
        return connected(new Socket(), port);
    }

    Socket secured() throws IOException {
        SSLSocket socket = (SSLSocket) TLS.getSocketFactory().createSocket();
        connected(socket, tlsPort);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    private Socket connected(Socket socket, int to) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, to), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Any certificate is good here: not the identity is in question. */
    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
            return context;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
