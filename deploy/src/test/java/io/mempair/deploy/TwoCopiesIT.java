package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Set-up 2 of the field: two hosts, one memcached on each, one primary and one backup. */
@Timeout(90)
class TwoCopiesIT {

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void setUp2KeepsTwoCopiesAndReadsTheBackupWhenThePrimaryIsGone() {
        lab.startMemcached("a");
        lab.startMemcached("b");
        lab.startNodes(Map.of("MEMPAIR_SERVERS", "10.77.0.11:11211", "MEMPAIR_BACKUPS", "10.77.0.12:11211"));

        assertThat(lab.throughTheAddress("set user 0 0 3", "ann")).isEqualTo("STORED\r\n");

        assertThat(lab.tcp("c", "10.77.0.11", 11211, "get user")).contains("VALUE user 0 3\r\nann");
        lab.until(
                "the backup has the copy",
                () -> lab.tcp("c", "10.77.0.12", 11211, "get user").contains("VALUE user 0 3\r\nann"));
        lab.lab("fault", "memcached-a").orFail();
        lab.until("the backup answers", () -> lab.throughTheAddress("get user").contains("ann"));
    }

    @Test
    void setUp2SurvivesTheLossOfAHostWithItsMemcached() {
        lab.startMemcached("a");
        lab.startMemcached("b");
        lab.startNodes(Map.of("MEMPAIR_SERVERS", "10.77.0.11:11211", "MEMPAIR_BACKUPS", "10.77.0.12:11211"));
        lab.throughTheAddress("set user 0 0 3", "ann");

        lab.lab("fault", "memcached-a").orFail();
        lab.lab("fault", "killall-a").orFail();

        lab.until("b serves", () -> lab.isActive("b"));
        lab.until("the backup answers", () -> lab.throughTheAddress("get user").contains("ann"));
    }
}
