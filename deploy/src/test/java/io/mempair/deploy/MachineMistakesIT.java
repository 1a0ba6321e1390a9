package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Makes the mistakes that people make on the machine. {@code docs/operating/machine-mistakes.md} is made of them and of what the program
 * says; {@code -Dmempair.document=write} writes it anew.
 */
@Timeout(1800)
class MachineMistakesIT {

    /** Two JVMs start in it, on a machine that does much else. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final Path DOCUMENT = Path.of("..", "docs", "operating", "machine-mistakes.md");

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void eachMistakeIsOneMessageThatNamesTheKeyAndTheRemedy() throws IOException {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        Map<MachineMistake, String> said = new LinkedHashMap<>();
        for (MachineMistake mistake : MachineMistake.all()) {
            said.put(mistake, made(mistake));
        }

        assertThat(said)
                .allSatisfy((mistake, message) ->
                        assertThat(message).as(mistake.what()).contains(mistake.key()));
        String wanted = document(said);
        if ("write".equals(System.getProperty("mempair.document"))) {
            Files.writeString(DOCUMENT, wanted);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("made of the mistakes; write it anew with -Dit.test=MachineMistakesIT -Dmempair.document=write")
                .isEqualTo(wanted);
    }

    /** Makes it, and returns what is said. */
    private String made(MachineMistake mistake) throws IOException {
        lab.writeConfig("a", Map.of());
        lab.rewrite("a", mistake.own());
        List<Process> running = new ArrayList<>();
        try {
            if (!mistake.busy().isEmpty()) {
                running.add(busy(mistake.busy().get(0), mistake.busy().get(1)));
            }
            if (mistake.peer() != null) {
                lab.writeConfig("b", Map.of());
                lab.rewrite("b", file -> mistake.peer().apply(file).replace("SECRETS", secret()));
                running.add(lab.startMember("b", "node", "node", lab.config("b")));
            }
            return switch (mistake.place()) {
                case CHECK ->
                    onlyOne(
                            mistake,
                            output(mempair(
                                    mistake, "check-config", lab.config("a").toString())));
                case START ->
                    onlyOne(
                            mistake,
                            output(mempair(
                                    mistake, "node", "--config", lab.config("a").toString())));
                case LOG, STATUS -> ofRunningNode(mistake, running);
            };
        } finally {
            running.forEach(lab::kill);
        }
    }

    private Process busy(String address, String port) {
        Process other = lab.start("a", "other", "nc", "-lk", address, port);
        lab.until(
                "the port is in use",
                () -> lab.on("a", "ss", "-ltnH", "sport", "=", port).out().contains(":" + port));
        return other;
    }

    private String secret() {
        Path key = lab.shortLived().resolve("pair.key");
        if (!Files.exists(key)) {
            Lab.mempair("key", key.toString()).orFail();
        }
        return lab.shortLived().toString();
    }

    private Run mempair(MachineMistake mistake, String... words) {
        return lab.on("a", command(mistake, words));
    }

    private static String[] command(MachineMistake mistake, String... words) {
        return Stream.of(mistake.command().stream(), Stream.of(Installation.mempair()), Stream.of(words))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }

    private static String output(Run run) {
        return run.out() + run.err();
    }

    private String ofRunningNode(MachineMistake mistake, List<Process> running) throws IOException {
        String name = "mistake-" + mistake.what().hashCode();
        running.add(lab.start(
                "a", name, command(mistake, "node", "--config", lab.config("a").toString())));
        Supplier<String> said =
                mistake.place() == MachineMistake.Place.STATUS ? () -> lab.http("a", "/status") : () -> log(name);
        lab.until(
                mistake.what(),
                LIMIT,
                () -> mistake.found().matcher(said.get()).find() && said.get().contains(mistake.key()));
        return onlyOne(mistake, said.get());
    }

    private String log(String name) {
        try {
            return lab.log("a", name);
        } catch (IOException e) {
            return "";
        }
    }

    private String onlyOne(MachineMistake mistake, String said) {
        List<String> messages = mistake.found()
                .matcher(said)
                .results()
                .map(match -> mistake.place() == MachineMistake.Place.STATUS
                        ? match.group(1) + ": " + match.group(2)
                        : match.group(1))
                // the peer is not started here, and the message says that this is no mistake
                .filter(message -> !message.endsWith("right as long as it is not started)"))
                .distinct()
                .toList();
        assertThat(messages).as(mistake.what() + ": " + said).hasSize(1);
        return messages.get(0).replace(lab.config("a").toString(), "/etc/mempair/mempair.yaml");
    }

    private static String document(Map<MachineMistake, String> said) {
        return """
                # Typical mistakes on the machine

                What is said of mistakes that people make around a good file, each made on a host of the lab by `MachineMistakesIT`. Those of
                the file itself are in [mistakes.md](mistakes.md). In the lab the nodes are 10.77.0.11 (a) and 10.77.0.12 (b), the virtual address is
                10.77.0.100. A running node that is not fit says why in its log and in `mempair status`, looks again and again, and is fit by
                itself once the mistake is mended.

                | mistake | who says it | what is said |
                | --- | --- | --- |
                """
                + said.entrySet().stream()
                        .map(entry -> "| " + entry.getKey().what() + " | "
                                + entry.getKey().place().text() + " | " + code(entry.getValue()) + " |\n")
                        .collect(Collectors.joining());
    }

    /** A message may have backquotes of its own. */
    private static String code(String message) {
        String marks = message.contains("`") ? "``" : "`";
        return marks + message + marks;
    }
}
