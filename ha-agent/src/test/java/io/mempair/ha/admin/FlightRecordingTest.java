package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FlightRecordingTest {

    @Test
    void aRecordingHasEventsOfTheJvmAndNothingThatCouldBeASecret(@TempDir Path folder) throws Exception {
        System.setProperty("mempair.test.password", "very-secret-value");
        try {
            FlightRecording recording = FlightRecording.begin();
            assertThatThrownBy(FlightRecording::begin)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a recording is under way for somebody else");
            System.gc();
            byte[] content = recording.end();

            Path file = Files.write(folder.resolve("r.jfr"), content);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            Set<String> types =
                    events.stream().map(event -> event.getEventType().getName()).collect(Collectors.toSet());
            assertThat(types).contains("jdk.GarbageCollection");
            assertThat(types)
                    .doesNotContain(
                            "jdk.JVMInformation",
                            "jdk.InitialSystemProperty",
                            "jdk.InitialEnvironmentVariable",
                            "jdk.SystemProcess",
                            "jdk.SocketRead",
                            "jdk.FileRead");
            assertThat(new String(content, StandardCharsets.ISO_8859_1)).doesNotContain("very-secret-value");
        } finally {
            System.clearProperty("mempair.test.password");
        }
    }

    @Test
    void afterOneAnotherCanBeMade() throws Exception {
        assertThat(FlightRecording.begin().end()).isNotEmpty();
        assertThat(FlightRecording.begin().end()).isNotEmpty();
    }
}
