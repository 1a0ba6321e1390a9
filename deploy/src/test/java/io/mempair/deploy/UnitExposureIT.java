package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each unit file by itself is as confined as the page says; {@link QuickStartIT} asks the systemd of a booted host too. */
class UnitExposureIT {

    private static final Path UNITS = Path.of("package", "systemd");

    private static final Pattern OVERALL = Pattern.compile("Overall exposure level for \\S+: ([0-9.]+) ");

    /** 0 is best, 10 is worst. */
    private static final Map<String, Double> GOALS = Map.of("mempair-witness", 1.5, "mempair-cache", 1.5);

    private static final double GOAL = 2.5;

    static Stream<Path> units() throws IOException {
        try (Stream<Path> files = Files.list(UNITS)) {
            return files.filter(file -> file.toString().endsWith(".service")).sorted().toList().stream();
        }
    }

    private static String kind(Path unit) {
        return unit.getFileName().toString().replaceAll("@?\\.service$", "");
    }

    private static double exposure(Path unit) {
        String report = Run.of(
                        Map.of("SYSTEMD_COLORS", "0"),
                        Duration.ofSeconds(30),
                        List.of("systemd-analyze", "--no-pager", "security", "--offline=true", unit.toString()))
                .orFail();
        Matcher overall = OVERALL.matcher(report);
        assertThat(overall.find()).as(report).isTrue();
        return Double.parseDouble(overall.group(1));
    }

    @ParameterizedTest
    @MethodSource("units")
    void isWithinItsGoal(Path unit) {
        assertThat(exposure(unit)).as(unit.toString()).isLessThanOrEqualTo(GOALS.getOrDefault(kind(unit), GOAL));
    }

    /** The page has the figures of the units for one instance; those of named instances are the same. */
    @Test
    void isWhatThePageSays() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "operating", "install.md"));

        assertThat(page)
                .contains("node " + exposure(UNITS.resolve("mempair.service")) + ", proxy "
                        + exposure(UNITS.resolve("mempair-proxy.service")) + ", witness "
                        + exposure(UNITS.resolve("mempair-witness.service")) + ", cache "
                        + exposure(UNITS.resolve("mempair-cache.service")) + ' ');
        units().forEach(unit -> {
            Path plain = UNITS.resolve(kind(unit) + ".service");
            assertThat(exposure(unit)).as(unit.toString()).isEqualTo(exposure(plain));
        });
    }

    /** What the guard needs, and lost once by what every example of a confined unit has. */
    @Test
    void theNodeKeepsWhatItsGuardNeeds() throws IOException {
        for (String unit : List.of("mempair.service", "mempair@.service")) {
            assertThat(Files.readAllLines(UNITS.resolve(unit)))
                    .contains("AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE CAP_SYS_NICE")
                    .doesNotContain("RestrictRealtime=yes", "ProtectKernelTunables=yes")
                    .noneMatch(line -> line.startsWith("SystemCallFilter=~"));
        }
    }

    /** What makes a node come back, and not for a file with a mistake. */
    @Test
    void eachServiceIsWatchedAndStartedAgain() throws IOException {
        for (Path unit :
                units().filter(file -> !kind(file).equals("mempair-cache")).toList()) {
            assertThat(Files.readAllLines(unit))
                    .as(unit.toString())
                    .contains(
                            "Type=notify",
                            "WatchdogSec=10s",
                            "Restart=always",
                            "RestartSec=1s",
                            "RestartPreventExitStatus=2",
                            "StartLimitIntervalSec=0",
                            "User=mempair");
        }
        for (String unit : List.of("mempair.service", "mempair@.service")) {
            assertThat(Files.readAllLines(UNITS.resolve(unit)))
                    .contains("ExecStopPost=-/usr/lib/mempair/bin/release-address");
        }
    }
}
