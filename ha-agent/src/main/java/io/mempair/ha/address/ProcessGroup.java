package io.mempair.ha.address;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The processes of one process group, as proc(5) shows them now. Kills without starting a program, since on a busy host
 * that takes longer than there is time. Any thread.
 *
 * @param id  the pid of the process that {@code setsid} became
 */
record ProcessGroup(long id) {

    private static final Path PROC = Path.of("/proc");

    /** Position of the group's id in {@code stat}, counted from the state, which follows the name in brackets. */
    private static final int GROUP_FIELD = 2;

    /** A member that was killed is listed until it has ended, one that starts others without end is given up. */
    private static final int MAX_PASSES = 100;

    /** Kills all members, and those that they start meanwhile. */
    void kill() {
        List<Long> members = members();
        for (int pass = 0; pass < MAX_PASSES && !members.isEmpty(); pass++) {
            members.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            members = members();
        }
    }

    /** Waits until all that are members now have ended; returns whether they have. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        CompletableFuture<?>[] ends = members().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .map(ProcessHandle::onExit)
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Whether a member still has a pipe as its output. A child that is meant to stay redirects both streams. */
    boolean holdsPipe() {
        return members().stream().anyMatch(pid -> isPipe(pid, 1) || isPipe(pid, 2));
    }

    private static boolean isPipe(long pid, int descriptor) {
        try {
            Path link = PROC.resolve(pid + "/fd/" + descriptor);
            return Files.readSymbolicLink(link).toString().startsWith("pipe:");
        } catch (IOException ended) {
            return false;
        }
    }

    private List<Long> members() {
        List<Long> members = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (isMember(process)) {
                    members.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        return members;
    }

    private boolean isMember(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", GROUP_FIELD + 2);
            return Long.parseLong(fields[GROUP_FIELD]) == id && !fields[0].equals("Z");
        } catch (IOException ended) {
            return false;
        }
    }
}
