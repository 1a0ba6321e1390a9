package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.ConfigReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code mempair locate} beside real servers. */
@Timeout(120)
class LocateCommandIT extends CommandOfNode {

    private final List<Process> servers = new ArrayList<>();

    @AfterEach
    void stopServers() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** Starts one and returns its port. */
    private int memcached(String... options) throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                "memcached", "-u", "root", "-l", "127.0.0.1", "-p", String.valueOf(port), "-U", "0", "-t", "1"));
        command.addAll(List.of(options));
        servers.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
        return port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Says this to a server and reads so many lines. */
    private static List<String> ask(int port, String request, int lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < lines; i++) {
                answers.add(in.readLine());
            }
            return answers;
        }
    }

    private Path file(String proxy) throws IOException {
        return Files.writeString(
                folder.resolve("proxy.yaml"), "proxy: {" + proxy + "}\nadmin: {control: " + control + "}\n");
    }

    private int locate(Path file, String... more) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of("locate", "--config", file.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private String row(int number) {
        return out.toString().lines().toList().get(number).replaceAll(" {2,}", " | ");
    }

    @Test
    void aKeyIsFoundWithItsFlagsSizeAndLifetime() throws Exception {
        int port = memcached();
        ask(port, "set user:42 7 3600 5\r\nhello\r\nset forever 0 0 0\r\n\r\n", 2);
        Path file = file("servers: ['127.0.0.1:" + port + "']");

        assertThat(locate(file, "user:42", "forever")).isZero();
        assertThat(row(0)).isEqualTo("key | copy | server | name | state | bytes | flags | left");
        assertThat(row(1))
                .matches("user:42 \\| primary \\| 127.0.0.1:" + port
                        + " \\| - \\| present \\| 5 \\| 7 \\| (3600|359\\d) s");
        assertThat(row(2)).endsWith("present | 0 | 0 | endless");
        assertThat(err.toString()).isEmpty();

        assertThat(locate(file, "user:42", "nothing")).isEqualTo(1);
        assertThat(out.toString()).endsWith("\nnothing: its server does not have it\n");
    }

    @Test
    void everyKeyIsAskedOfTheServerThatHasIt() throws Exception {
        int one = memcached();
        int two = memcached();
        int three = memcached();
        Path file = file("servers: {a: '127.0.0.1:" + one + "', b: '127.0.0.1:" + two + "', c: '127.0.0.1:" + three
                + "'}, distribution: libketama");
        for (int port : List.of(one, two, three)) {
            for (int i = 0; i < 20; i++) {
                ask(port, "set k" + i + " 0 0 1\r\na\r\n", 1);
            }
        }
        String[] keys = new String[20];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "k" + i;
        }

        assertThat(locate(file, keys)).isZero();
        assertThat(out.toString()
                        .lines()
                        .skip(1)
                        .map(line -> line.split(" {2,}")[3])
                        .distinct())
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void twoCopiesAreComparedAndOneThatDiffersIsSaid() throws Exception {
        int primary = memcached();
        int backup = memcached();
        Path file = file("servers: ['127.0.0.1:" + primary + "'], backups: ['127.0.0.1:" + backup + "']");
        ask(
                primary,
                "set same 1 0 3\r\nabc\r\nset value 1 0 3\r\nabc\r\nset one 1 0 3\r\nabc\r\nset time 1 100 1\r\na\r\n",
                4);
        ask(backup, "set same 1 0 3\r\nabc\r\nset value 2 0 3\r\nabd\r\nset time 1 900 1\r\na\r\n", 3);

        assertThat(locate(file, "same")).isZero();
        assertThat(locate(file, "same", "value", "one", "time")).isEqualTo(1);
        assertThat(out.toString())
                .endsWith("\nvalue: the copies differ: value, flags\none: the copies differ: only on the primary\n"
                        + "time: the copies differ: lifetime\n");
        assertThat(locate(file, "one", "--json")).isEqualTo(1);
        assertThat(out.toString())
                .startsWith(
                        "{\"keys\":[{\"key\":\"one\",\"copies_are\":\"different\",\"differ_in\":[\"only on the primary\"]")
                .contains("\"tier\":\"backup\",\"server\":\"127.0.0.1:" + backup
                        + "\",\"name\":null,\"state\":\"absent\"");
    }

    @Test
    void aServerThatIsDownIsSaidAndTheOtherCopyShown() throws Exception {
        int primary = freePort();
        int backup = memcached();
        ask(backup, "set k 0 0 1\r\na\r\n", 1);

        assertThat(locate(file("servers: ['127.0.0.1:" + primary + "'], backups: ['127.0.0.1:" + backup + "']"), "k"))
                .isEqualTo(1);
        assertThat(row(1))
                .isEqualTo("k | primary | 127.0.0.1:" + primary + " | - | unknown | - | - | - | connection refused");
        assertThat(row(2)).contains("| present | 1 |");
        assertThat(out.toString()).endsWith("\nk: a server that should have it could not be asked\n");
    }

    @Test
    void aLookChangesNeitherTheAgeOfAnItemNorTheRightToRecacheIt() throws Exception {
        int port = memcached();
        Path file = file("servers: ['127.0.0.1:" + port + "']");
        ask(port, "set fresh 0 3600 1\r\na\r\nset stale 0 3600 1\r\na\r\nmd stale I T1000\r\n", 3);

        assertThat(locate(file, "fresh", "stale")).isZero();
        assertThat(row(2)).endsWith(" s | marked stale");
        assertThat(ask(port, "me fresh\r\n", 1).get(0)).contains(" fetch=no ");
        assertThat(ask(port, "mg stale s\r\n", 1).get(0)).contains(" X", " W").doesNotContain(" Z");
        assertThat(locate(file, "stale")).isZero();
        assertThat(ask(port, "mg stale s\r\n", 1).get(0)).contains(" X", " Z").doesNotContain(" W");
    }

    @Test
    void keysThatAreNoTextAreWrittenInEscapesOrInBase64() throws Exception {
        int port = memcached();
        Path file = file("servers: ['127.0.0.1:" + port + "']");
        String encoded = Base64.getEncoder().encodeToString("a b\n".getBytes(StandardCharsets.US_ASCII));
        ask(port, "ms " + encoded + " 1 b\r\nx\r\nset schl\u00fcssel 0 0 1\r\ny\r\n", 2);

        assertThat(locate(file, "a\\x20b\\x0a", "schl\u00fcssel")).isZero();
        assertThat(row(1)).startsWith("a\\x20b\\x0a | primary");
        assertThat(row(2)).startsWith("schl\\xc3\\xbcssel | primary");
        assertThat(locate(file, "--base64", encoded)).isZero();
    }

    @Test
    void aServerWithALoginIsLoggedInTo() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "u:secret\n");
        int port = memcached("-Y", users.toString());
        ask(port, "set auth 0 0 8\r\nu secret\r\nset k 0 0 1\r\na\r\n", 2);
        String servers = "servers: ['127.0.0.1:" + port + "']";

        assertThat(locate(file(servers + ", server-auth-file: " + users), "k")).isZero();
        assertThat(locate(file(servers), "k")).isEqualTo(1);
        assertThat(out.toString()).contains("(expected: a memcached, and proxy.server-auth-file)");
    }

    @Test
    void aServerWithTlsIsAskedByTls() throws Exception {
        Path certificate = folder.resolve("s.pem");
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/CN=s",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-keyout",
                        folder.resolve("s.key").toString(),
                        "-out",
                        certificate.toString(),
                        "-addext",
                        "subjectAltName=IP:127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(openssl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        int port = memcached("-Z", "-o", "ssl_chain_cert=" + certificate + ",ssl_key=" + folder.resolve("s.key"));
        String servers = "servers: ['127.0.0.1:" + port + "'], server-tls: true";

        assertThat(locate(file(servers + ", server-tls-ca: " + certificate), "k"))
                .isEqualTo(1);
        assertThat(out.toString()).endsWith("\nk: its server does not have it\n");
        assertThat(locate(file(servers), "k")).isEqualTo(1);
        assertThat(out.toString()).endsWith("\nk: a server that should have it could not be asked\n");
    }

    @Test
    void anotherPlacementThanThatOfTheRunningProgramIsSaid() throws Exception {
        int port = memcached();
        node.pool =
                ConfigReader.readProxy(file("servers: [m1, m2, m3]")).proxy().pool();

        locate(file("servers: ['127.0.0.1:" + port + "']"), "k");

        assertThat(err.toString()).contains(": about 100 % of the keys belong to another server than by what runs now");
    }

    @Test
    void whatCannotBeAKeyIsRefused() throws Exception {
        Path file = file("servers: [m1]");

        assertThat(locate(file, "x".repeat(251))).isEqualTo(2);
        assertThat(err.toString())
                .contains("has 251 bytes (expected: 1 to 250, with a blank or a line end in it to 186)");
        assertThat(locate(file, "a\\x20" + "x".repeat(200))).isEqualTo(2);
        assertThat(locate(file, "")).isEqualTo(2);
        assertThat(locate(file, "--base64", "?")).isEqualTo(2);
        assertThat(err.toString()).contains("KEY: '?' (expected: Base64)");
        assertThat(locate(file, "schl\uFFFDssel")).isEqualTo(2);
        assertThat(locate(folder.resolve("none.yaml"), "k")).isEqualTo(2);
        assertThat(err.toString()).contains("none.yaml");
    }
}
