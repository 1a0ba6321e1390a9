package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client that chooses servers itself, with one of its options: a program of {@code src/test/clients/placement}, or one of Java.
 *
 * @param store  the program, or {@code java}
 * @param mode   the option, as the program takes it
 */
record PlacementClient(String store, String mode) {

    private static final Path PROGRAMS = Path.of("src/test/clients/placement").toAbsolutePath();

    /** Stores keys 0 up to {@code count} in these servers, {@code host:port[:weight]} each. */
    void store(int count, List<String> servers) throws Exception {
        if (store.equals("java")) {
            JavaPlacements.store(mode, count, servers);
            return;
        }
        var command = new ArrayList<>(List.of("timeout", "120", interpreter(), program(), mode, String.valueOf(count)));
        if (store.startsWith("nutcracker_")) {
            command.add("127.0.0.1:" + ReservedPorts.next() + ":" + ReservedPorts.next());
        }
        command.addAll(servers);
        run(command);
    }

    private String program() {
        return PROGRAMS.resolve(store).toString();
    }

    private String interpreter() {
        return switch (store.substring(store.lastIndexOf('.') + 1)) {
            // not the first python3 of the path: Debian's packages are Debian's Python's
            case "py" -> "/usr/bin/python3";
            case "php" -> "php";
            case "rb" -> "ruby";
            case "pl" -> "perl";
            case "js" -> "node";
            default -> "bash";
        };
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("placement", ".log");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment()
                    .put(
                            "NODE_PATH",
                            Path.of("target/npm/node_modules").toAbsolutePath().toString());
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            boolean ended = process.waitFor(150, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as("end of %s", command).isTrue();
            assertThat(process.exitValue())
                    .as("%s: %s", command, Files.readString(output))
                    .isZero();
        } finally {
            Files.delete(output);
        }
    }

    /**
     * The text of a key by its number.
     *
     * @param keys  {@code plain}; {@code mixed}, of which every twentieth has bytes over 127, which count as negative in C;
     *              {@code tagged}; or a prefix of plain ones
     */
    static String key(String keys, int i) {
        String mixed = i % 20 == 0 ? "schl\u00fcssel-" + i : "key-" + i;
        return switch (keys) {
            case "plain" -> "key-" + i;
            case "mixed" -> mixed;
            case "tagged" -> mixed + "-{" + i % 7 + '}';
            default -> keys + "key-" + i;
        };
    }
}
