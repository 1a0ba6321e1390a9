package io.mempair.ha.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/**
 * A recording of what the JVM does for some seconds, for JDK Mission Control or {@code jfr print}. Only the events named here are in
 * it: where threads spend their time, pauses, memory, locks. None has an environment, a property, a command line, or anything of
 * a request. One at a time; any thread.
 */
final class FlightRecording {

    /** What is larger is thrown away; ten seconds of a busy node are far below. */
    private static final long MAX_BYTES = 8 << 20;

    private static final Duration SAMPLES = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMillis(10);

    private static final List<String> SAMPLED = List.of("jdk.ExecutionSample", "jdk.NativeMethodSample");

    private static final List<String> PERIODIC =
            List.of("jdk.CPULoad", "jdk.ThreadCPULoad", "jdk.ThreadAllocationStatistics", "jdk.PhysicalMemory");

    /** Those that took long. */
    private static final List<String> SLOW = List.of(
            "jdk.ThreadPark",
            "jdk.ThreadSleep",
            "jdk.JavaMonitorEnter",
            "jdk.JavaMonitorWait",
            "jdk.ExecuteVMOperation",
            "jdk.SafepointBegin",
            "jdk.Compilation");

    private static final List<String> ALL = List.of(
            "jdk.GarbageCollection",
            "jdk.GCPhasePause",
            "jdk.GCHeapSummary",
            "jdk.ObjectAllocationSample",
            "jdk.ThreadStart",
            "jdk.ThreadEnd",
            "jdk.Deoptimization",
            "jdk.DataLoss");

    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private final Recording recording;

    private FlightRecording(Recording recording) {
        this.recording = recording;
    }

    /**
     * Begins.
     *
     * @throws IllegalStateException saying why not, for the operator
     */
    static FlightRecording begin() {
        if (!FlightRecorder.isAvailable()) {
            throw new IllegalStateException("this Java records nothing: it has no JDK Flight Recorder");
        }
        if (!UNDER_WAY.compareAndSet(false, true)) {
            throw new IllegalStateException("a recording is under way for somebody else");
        }
        try {
            Recording made = new Recording();
            made.setName("mempair-debug");
            made.setMaxSize(MAX_BYTES);
            SAMPLED.forEach(event -> made.enable(event).withPeriod(SAMPLES));
            PERIODIC.forEach(event -> made.enable(event).withPeriod(Duration.ofSeconds(1)));
            SLOW.forEach(event -> made.enable(event).withThreshold(LONG));
            ALL.forEach(made::enable);
            made.start();
            return new FlightRecording(made);
        } catch (RuntimeException | LinkageError e) {
            UNDER_WAY.set(false);
            throw new IllegalStateException("this Java records nothing: " + e, e);
        }
    }

    /** Ends and returns the file's content. Blocks for the time of writing it; once only. */
    byte[] end() throws IOException {
        Path file = Files.createTempFile("mempair-", ".jfr"); // for its owner only
        try (Recording ended = recording) {
            ended.stop();
            ended.dump(file);
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(
                        "the recording has " + Files.size(file) + " bytes (expected: at most " + MAX_BYTES + ")");
            }
            return Files.readAllBytes(file);
        } finally {
            UNDER_WAY.set(false);
            Files.deleteIfExists(file);
        }
    }
}
