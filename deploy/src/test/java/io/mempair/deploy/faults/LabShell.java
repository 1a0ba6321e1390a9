package io.mempair.deploy.faults;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs {@code lab.sh} and programs on the hosts of the lab that the environment names. */
public final class LabShell {

    private static final long LIMIT_SECONDS = 60;

    private final Path deploy;
    private final Path folder;
    private final String profile;

    LabShell(Options options) {
        this(options.deploy(), options.folder(), options.profile());
    }

    /**
     * @param deploy   the folder of deploy
     * @param folder   for files of this run
     * @param profile  of the nodes whose files {@code lab.sh config} writes
     */
    public LabShell(Path deploy, Path folder, String profile) {
        this.deploy = deploy;
        this.folder = folder;
        this.profile = profile;
    }

    /** A file of this run. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    public void write(String name, String text) {
        try {
            Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a log has so far; empty if there is none yet. */
    public String read(String name) {
        try {
            return Files.exists(file(name)) ? Files.readString(file(name), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code lab.sh} with these words to its end and gives what it said; fails when it fails. */
    public String lab(String... words) {
        return run(deploy.resolve("lab/lab.sh").toString(), words);
    }

    /** Runs a command on a host to its end. */
    public String on(String host, String... words) {
        return lab(Stream.concat(Stream.of("exec", host), Stream.of(words)).toArray(String[]::new));
    }

    /** Runs {@code mempair}; what it says of a failure is told, and is no failure of the round. */
    String mempair(String... words) {
        return run(deploy.resolve("bin/mempair").toString(), words);
    }

    /** Runs {@code mempair}, which may refuse: what comes of it is seen elsewhere. */
    public void tried(String... words) {
        try {
            mempair(words);
        } catch (FaultFailure e) {
            System.err.println("refused: " + e.getMessage());
        }
    }

    private String run(String program, String... words) {
        try {
            Path said = Files.createTempFile(folder, "said", "");
            Process process = builder(program, words)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String text = Files.readString(said);
            Files.delete(said);
            if (!ended || process.exitValue() != 0) {
                throw new FaultFailure(String.join(" ", words) + ": " + (ended ? text.strip() : "does not end"));
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultFailure("interrupted");
        }
    }

    /** Starts a program on a host and leaves it running; what it says is added to a log. */
    public Process start(String host, String log, Map<String, String> environment, String... words) {
        String[] all = Stream.concat(Stream.of("exec", host), Stream.of(words)).toArray(String[]::new);
        ProcessBuilder builder = builder(deploy.resolve("lab/lab.sh").toString(), all)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(file(log + ".log").toFile()));
        builder.environment().putAll(environment);
        return begin(builder);
    }

    /** Starts {@code lab.sh watch}; its output is the caller's to read. */
    public Process watch() {
        return begin(builder(deploy.resolve("lab/lab.sh").toString(), "watch")
                .redirectError(ProcessBuilder.Redirect.DISCARD));
    }

    /** Where {@code bin/mempair} is. */
    public String mempairProgram() {
        return deploy.resolve("bin/mempair").toString();
    }

    private static Process begin(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder builder(String program, String... words) {
        var builder = new ProcessBuilder(
                        Stream.concat(Stream.of(program), Stream.of(words)).toList())
                .redirectInput(new File("/dev/null"));
        builder.environment().put("MEMPAIR_PROFILE", profile);
        return builder;
    }

    /** The last lines of every log, for somebody who looks for the reason of a failure. */
    public String logs(List<String> names) {
        var text = new StringBuilder();
        for (String name : names) {
            List<String> lines = read(name + ".log").lines().toList();
            text.append("--- ").append(name).append('\n');
            lines.subList(Math.max(0, lines.size() - 25), lines.size())
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }
}
