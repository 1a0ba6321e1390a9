package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The page, as a person sees it in a browser, while the active node is killed. Its pictures are in target/page. */
@Tag("timed")
@Timeout(300)
class PageIT {

    private static final Path PICTURES = Path.of("target/page").toAbsolutePath();
    private static final int DESK = 1_200;
    private static final int PHONE = 360;

    @RegisterExtension
    private final Lab lab = new Lab();

    private Process load;

    @Test
    void aFailoverIsSeenOnThePageOfTheOtherNode(@TempDir Path folder) throws Exception {
        Files.createDirectories(PICTURES);
        lab.startPair();
        try (Browser browser = new Browser(lab.entering("c"), folder)) {
            browser.screen(DESK, false);
            browser.open("http://" + Lab.ADDRESS.get("a") + ":9411/");
            lab.until("requests are on the chart", () -> asks(browser));
            lab.until("a serves", () -> says(browser, "Node a is active for", "node b can take over"));
            assertThat(browser.attribute(".pill", "data-holder")).isEqualTo("a");
            assertThat(browser.attribute("nav a", "href")).isEqualTo("http://" + Lab.ADDRESS.get("b") + ":9411/");
            assertThat(browser.count("#charts canvas")).isEqualTo(4);
            assertGoodForAll(browser, "light");

            browser.open("http://" + Lab.ADDRESS.get("b") + ":9411/");
            lab.until("b's page says the same", () -> says(browser, "Node a is active", "node b can take over"));
            assertThat(browser.attribute(".pill", "data-holder")).isEqualTo("a");
            lab.lab("fault", "kill-a").orFail();
            lab.until(
                    "the address moved in the picture",
                    () -> browser.attribute(".pill", "data-holder").equals("b"));
            lab.until("the loss is told", () -> says(browser, "Node b is active for", "Node a died"));
            lab.until("requests are on its chart", () -> asks(browser));

            assertThat(browser.text("#history")).contains("b standby → active epoch");
            assertThat(browser.text("#verdict .title")).contains("Serving, without a spare");
            assertThat(browser.attribute(".picture", "aria-label")).contains("is at b", "a died", "b is active");
            assertGoodForAll(browser, "failover");
            assertReadableWithoutScript(browser);
        }
    }

    /** The same facts as tables, which are newer each time the page is loaded. */
    private static void assertReadableWithoutScript(Browser browser) throws IOException {
        browser.scripts(false);
        browser.open("http://" + Lab.ADDRESS.get("b") + ":9411/");

        assertThat(browser.count("canvas")).isZero();
        assertThat(browser.text("main"))
                .contains("degraded: b serves, without a spare: a died")
                .contains(Lab.ADDRESS.get("m1") + ":11211")
                .contains("standby -> active");
        browser.picture(PICTURES.resolve("without-script.png"));
    }

    /** Whether the newest second on the chart has requests; asks for some if nobody does, as after the loss of a connection. */
    private boolean asks(Browser browser) {
        if (load == null || !load.isAlive()) {
            load = lab.start(
                    "c",
                    "load",
                    Installation.mempair(),
                    "bench",
                    Lab.VIP + ":11211",
                    "--rate",
                    "300",
                    "--seconds",
                    "240");
        }
        String charts = browser.text("#charts").replaceAll("\\s", "");
        return charts.contains("get") && !charts.matches(".*?get(–|0[a-z]).*");
    }

    private static boolean says(Browser browser, String... words) {
        return Arrays.stream(words).allMatch(browser.text("#verdict")::contains);
    }

    /** On a desk in light and dark, and on a phone. */
    private static void assertGoodForAll(Browser browser, String name) throws Exception {
        assertThat(browser.barriers()).isEmpty();
        browser.picture(PICTURES.resolve(name + ".png"));
        browser.screen(DESK, true);
        assertThat(browser.barriers()).as("dark").isEmpty();
        browser.picture(PICTURES.resolve(name + "-dark.png"));
        browser.screen(PHONE, false);
        assertThat(browser.barriers()).as("narrow").isEmpty();
        assertThat(browser.script("return document.documentElement.scrollWidth"))
                .as("width of what is %d wide", PHONE)
                .isEqualTo((long) PHONE);
        browser.picture(PICTURES.resolve(name + "-narrow.png"));
        browser.screen(DESK, false);
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.refused()).isEqualTo("");
    }
}
