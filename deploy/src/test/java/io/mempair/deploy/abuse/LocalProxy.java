package io.mempair.deploy.abuse;

import io.mempair.deploy.faults.Waiting;
import io.mempair.proxy.warmup.ReservedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A memcached and a {@code mempair proxy} in front of it on this host, with flags or with a file. They end with {@link #close}. */
final class LocalProxy implements AutoCloseable {

    /** Far above what a start takes on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private static final String FILE = """
        proxy:
          listen: 127.0.0.1:%d
          servers: [127.0.0.1:%d]
          loops: %d
          transport: %s
          timeout: 15s
          tls-listen: 127.0.0.1:%d
          tls-certificate: %s
          tls-key: %s
        admin: {http: 127.0.0.1:%d, control: %s}
        """;

    private final Path folder;
    private final List<ReservedPort> reserved = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int httpPort;
    private final AbusedProxy target;

    /**
     * Starts both and waits until they accept.
     *
     * @param deploy   the folder with {@code bin}
     * @param folder   for the files of this run
     * @param byFile   whether the proxy gets a file, which can say more than flags: TLS
     */
    LocalProxy(Path deploy, Path folder, String transport, int loops, boolean byFile) throws IOException {
        this.folder = folder;
        int server = port();
        int plain = port();
        int tls = byFile ? port() : 0;
        this.httpPort = port();
        this.target = new AbusedProxy("127.0.0.1", plain, tls);
        start("memcached", "memcached", "-u", "root", "-l", "127.0.0.1", "-p", "" + server, "-U", "0", "-m", "1024");
        List<String> command =
                new ArrayList<>(List.of(deploy.resolve("bin/mempair").toString(), "proxy"));
        if (byFile) {
            certificate();
            Path file = folder.resolve("proxy.yaml");
            Files.writeString(
                    file,
                    FILE.formatted(
                            plain,
                            server,
                            loops,
                            transport,
                            tls,
                            folder.resolve("proxy.pem"),
                            folder.resolve("proxy.key"),
                            httpPort,
                            folder.resolve("control.sock")));
            command.addAll(List.of("--config", file.toString()));
        } else {
            command.addAll(List.of("-l", "127.0.0.1", "-p", "" + plain, "-s", "127.0.0.1:" + server));
            command.addAll(List.of("--loops", "" + loops, "--transport", transport, "--timeout", "15s"));
            command.addAll(List.of("--http", "127.0.0.1:" + httpPort));
        }
        start("proxy", command.toArray(String[]::new));
        Waiting.until("the proxy accepts", LIMIT, () -> !isAlive() || accepts(plain));
        if (!isAlive()) {
            throw new IOException("the proxy has ended: " + said());
        }
    }

    private int port() throws IOException {
        ReservedPort port = new ReservedPort();
        reserved.add(port);
        return port.number();
    }

    private void certificate() throws IOException {
        Process made = start(
                "openssl",
                "openssl req -x509 -nodes -days 30 -subj /CN=proxy -newkey rsa:2048 -keyout proxy.key -out proxy.pem"
                        .split(" "));
        Waiting.until("a certificate is made", LIMIT, () -> !made.isAlive());
    }

    private Process start(String what, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(what + ".log").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Process proxy() {
        return processes.get(processes.size() - 1);
    }

    AbusedProxy target() {
        return target;
    }

    boolean isAlive() {
        return proxy().isAlive();
    }

    String said() throws IOException {
        return Files.readString(folder.resolve("proxy.log"));
    }

    /** The most memory it has had, in bytes. */
    long mostResidentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", "" + proxy().pid(), "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    /** The sum of all series of this name. */
    double metric(String name) throws IOException {
        try {
            HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/metrics"))
                    .timeout(LIMIT)
                    .build();
            return http.send(ask, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(name + '{') || line.startsWith(name + ' '))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.destroyForcibly();
            Waiting.until("a process ends", LIMIT, () -> !process.isAlive());
        }
        for (ReservedPort port : reserved) {
            port.close();
        }
    }
}
