package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LogLinesTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger("io.mempair.ha.agent.AgentLoop");

    @BeforeEach
    void asLogbackXmlDoes() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern("%d %-5level %logger{0}: %msg%n");
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setEncoder(encoder);
        appender.setOutputStream(said);
        appender.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
        log.setLevel(Level.TRACE);
    }

    private List<String> lines() {
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void theJournalHearsThePriorityAndNoTime() {
        LogLines.forJournal(context);

        log.error("broken: {}", "ü");
        log.warn("two\nlines");
        log.info("role STANDBY -> ACTIVE");
        log.debug("detail");
        log.trace("more");

        assertThat(lines())
                .containsExactly(
                        "<3>AgentLoop: broken: ü",
                        "<4>AgentLoop: two",
                        "<4>lines",
                        "<6>AgentLoop: role STANDBY -> ACTIVE",
                        "<7>AgentLoop: detail",
                        "<7>AgentLoop: more");
    }

    @Test
    void everyLineOfAStackTraceHasThePriority() {
        LogLines.forJournal(context);

        log.error("failed", new IllegalStateException("why"));

        assertThat(lines()).allMatch(line -> line.startsWith("<3>")).hasSizeGreaterThan(2);
        assertThat(lines().get(1)).isEqualTo("<3>java.lang.IllegalStateException: why");
    }

    @Test
    void asJsonALineIsAnObject() {
        LogLines.asJson(context);

        log.warn("server {} is \"down\"", "m1:11211");

        assertThat(lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("{\"timestamp\":")
                        .contains("\"level\":\"WARN\"", "\"loggerName\":\"io.mempair.ha.agent.AgentLoop\"")
                        .contains("\"formattedMessage\":\"server m1:11211 is \\\"down\\\"\"")
                        .endsWith("}"));
    }

    @Test
    void asJsonEachFieldOfAnEventIsAFieldOfTheObject() {
        LogLines.asJson(context);

        log.warn(
                "server m1:11211 unreachable reason=\"no \\ route, x=1\" after ms=1200, (loops=[1, 2]) level=x event=server_unreachable");
        log.info("try a=b, event=no then more");

        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0))
                .endsWith(",\"event\":\"server_unreachable\",\"reason\":\"no \\\\ route, x=1\",\"ms\":1200}")
                .doesNotContain("mdc", "\"x\"");
        assertThat(lines().get(1)).endsWith("more\"}");
    }

    @Test
    void asJsonWhatTheWordsTellIsAFieldTooAndOnlyThere() {
        log.atWarn().addKeyValue("server", "m1:11211").log("server {} down event=server_down", "m1:11211");
        assertThat(lines().get(0)).endsWith("AgentLoop: server m1:11211 down event=server_down");
        LogLines.asJson(context);

        log.atWarn()
                .addKeyValue("ms", 1_200)
                .addKeyValue("reason", "other")
                .addKeyValue("level", "x")
                .log("paused reason=\"gc\" event=pause");

        assertThat(lines().get(1)).endsWith(",\"event\":\"pause\",\"reason\":\"gc\",\"ms\":1200}");
    }

    @Test
    void asJsonAStackTraceIsAField() {
        LogLines.asJson(context);

        log.error("internal error: failed", new IllegalStateException("why"));

        assertThat(lines())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains(",\"throwable\":\"java.lang.IllegalStateException: why\\u000a"));
    }

    @Test
    void theJournalIsKnownByDeviceAndInodeSoARedirectedStreamIsNone(@TempDir Path folder) throws IOException {
        Path stream = Files.writeString(folder.resolve("stream"), "");
        Path other = Files.writeString(folder.resolve("other"), "");
        Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
        Map<String, String> environment = Map.of("JOURNAL_STREAM", file.get("dev") + ":" + file.get("ino"));

        assertThat(LogLines.isJournal(environment, stream)).isTrue();
        assertThat(LogLines.isJournal(environment, other)).isFalse();
        assertThat(LogLines.isJournal(environment, folder.resolve("none"))).isFalse();
        assertThat(LogLines.isJournal(Map.of(), stream)).isFalse();
    }
}
