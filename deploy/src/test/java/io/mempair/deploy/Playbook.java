package io.mempair.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A run of a playbook of {@code deploy/ansible} on booted hosts a and b, by the example of an inventory, to its end.
 *
 * @param output   what Ansible said
 * @param changed  tasks that changed something, on both hosts together
 */
record Playbook(String output, int changed) {

    private static final Duration LIMIT = Duration.ofMinutes(8);
    private static final Pattern RECAP =
            Pattern.compile("(?m)^[ab] +: ok=\\d+ +changed=(\\d+) +unreachable=0 +failed=0 ");

    /** Runs it; every task has to succeed on both hosts. */
    static Playbook run(String name, Path hosts, Path packageFile) throws IOException {
        Path ansible = Path.of("ansible").toAbsolutePath();
        Path inventory = hosts.resolve("inventory.yml");
        Files.writeString(
                inventory,
                Files.readString(ansible.resolve("inventory.example.yml"))
                        .replace("ansible_host: " + Lab.ADDRESS.get("a"), "ansible_host: a")
                        .replace("ansible_host: " + Lab.ADDRESS.get("b"), "ansible_host: b"));
        Map<String, String> environment = Map.of(
                "ANSIBLE_SSH_EXECUTABLE", Path.of("lab/ssh.sh").toAbsolutePath().toString(),
                "ANSIBLE_SSH_TRANSFER_METHOD", "piped",
                "ANSIBLE_SSH_ARGS", "",
                "ANSIBLE_PIPELINING", "True",
                "ANSIBLE_HOME", hosts.resolve("ansible").toString(),
                "ANSIBLE_NOCOLOR", "True",
                "LC_ALL", "C.UTF-8",
                "MEMPAIR_BOOTED", hosts.toString());
        Run run = Run.of(
                environment,
                LIMIT,
                List.of(
                        "ansible-playbook",
                        "--inventory=" + inventory,
                        "--extra-vars=mempair_package=" + packageFile,
                        ansible.resolve(name).toString()));
        List<MatchResult> recap = RECAP.matcher(run.out()).results().toList();
        if (recap.size() != 2) {
            throw new AssertionError("not all done on both hosts:\n" + run.out() + run.err());
        }
        return new Playbook(
                run.out(),
                recap.stream().mapToInt(host -> Integer.parseInt(host.group(1))).sum());
    }
}
