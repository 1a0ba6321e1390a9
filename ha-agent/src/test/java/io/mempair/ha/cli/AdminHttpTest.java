package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.mempair.ha.admin.AdminAccess;
import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.admin.FakeNode;
import io.mempair.ha.certificate.Certificates;
import io.mempair.ha.config.AdminSecurity;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.Users;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdminHttpTest {

    private static final Instant LATER = Instant.now().plusSeconds(600);
    private static final TlsIdentity AUTHORITY = Certificates.authority("ca", Instant.EPOCH, LATER);
    private static final Users USERS = new Users(List.of(new Login("ops", "se:cret")));

    private static TlsIdentity identity(String name) {
        return Certificates.node(name, AUTHORITY, Instant.EPOCH, LATER);
    }

    private static AdminServer peer(AdminSecurity security) throws IOException {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return AdminServer.start(new FakeNode(), anywhere, null, AdminAccess.of(security));
    }

    private static String status(AdminSecurity ours, AdminServer peer) throws IOException {
        return new AdminHttp(ours, AUTHORITY.chain())
                .get("127.0.0.1:" + peer.httpAddress().getPort(), "/status");
    }

    @Test
    void thePeerIsAskedByTlsAndWithTheLoginThatBothHave() throws IOException {
        try (AdminServer peer = peer(new AdminSecurity(identity("b"), USERS))) {
            assertThat(status(new AdminSecurity(identity("a"), USERS), peer)).startsWith("{\"name\":\"a\"");
        }
    }

    @Test
    void aPeerWithTheSameCertificateNeedsNoAuthority() throws IOException {
        TlsIdentity shared = identity("pair");
        try (AdminServer peer = peer(new AdminSecurity(shared, null))) {
            assertThat(new AdminHttp(new AdminSecurity(shared, null), List.of())
                            .get("127.0.0.1:" + peer.httpAddress().getPort(), "/status"))
                    .startsWith("{\"name\":\"a\"");
        }
    }

    @Test
    void aPeerThatIsProtectedOtherwiseIsSaidInWords() throws IOException {
        try (AdminServer peer = peer(new AdminSecurity(null, USERS))) {
            assertThatIOException()
                    .isThrownBy(() -> status(AdminSecurity.NONE, peer))
                    .withMessage("it wants a login that this node's admin.auth-file does not have: run mempair debug"
                            + " on its host too");
        }
        TlsIdentity stranger = Certificates.authority("stranger", Instant.EPOCH, LATER);
        try (AdminServer peer = peer(new AdminSecurity(stranger, null))) {
            assertThatIOException()
                    .isThrownBy(() -> status(new AdminSecurity(identity("a"), null), peer))
                    .withMessageStartingWith("it does not show the certificate of admin.tls-certificate, nor one of");
        }
    }

    @Test
    void aFileThatCannotBeReadMeansPlainHttp() throws IOException {
        try (AdminServer peer = peer(AdminSecurity.NONE)) {
            assertThat(AdminHttp.as(Path.of("/nowhere/mempair.yaml"))
                            .get("127.0.0.1:" + peer.httpAddress().getPort(), "/status"))
                    .startsWith("{\"name\":\"a\"");
        }
    }
}
