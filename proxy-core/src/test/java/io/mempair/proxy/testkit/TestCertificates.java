package io.mempair.proxy.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Certificates made with openssl, in a folder of the test. Fails with the remedy when there is no openssl. */
public final class TestCertificates {

    private static final List<String> CURVE = List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");

    private final Path folder;

    public TestCertificates(Path folder) {
        this.folder = folder;
    }

    /** An authority: {@code NAME.pem} and {@code NAME.key}. */
    public Path authority(String name) throws IOException {
        request(CURVE, name, List.of("-addext", "basicConstraints=critical,CA:TRUE"));
        return file(name + ".pem");
    }

    /** A certificate for {@code hosts} such as {@code IP:127.0.0.1}, signed by an authority made before. */
    public Path signed(String name, String authority, String hosts) throws IOException {
        return signed(CURVE, name, authority, hosts);
    }

    /** As {@link #signed} with an RSA key. */
    public Path signedRsa(String name, String authority, String hosts) throws IOException {
        return signed(List.of("-newkey", "rsa:2048"), name, authority, hosts);
    }

    private Path signed(List<String> key, String name, String authority, String hosts) throws IOException {
        request(
                key,
                name,
                List.of(
                        "-CA",
                        file(authority + ".pem").toString(),
                        "-CAkey",
                        file(authority + ".key").toString(),
                        "-addext",
                        "basicConstraints=CA:FALSE",
                        "-addext",
                        "subjectAltName=" + hosts));
        return file(name + ".pem");
    }

    private void request(List<String> key, String name, List<String> more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "30", "-subj"));
        arguments.add("/CN=" + name);
        arguments.addAll(key);
        arguments.addAll(List.of("-keyout", file(name + ".key").toString()));
        arguments.addAll(List.of("-out", file(name + ".pem").toString()));
        arguments.addAll(more);
        openssl(arguments);
    }

    /** A file of the folder, made or not. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Runs openssl with these arguments. */
    public void openssl(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.add(0, "openssl");
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("these tests need openssl: apt-get install openssl", e);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + said);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
