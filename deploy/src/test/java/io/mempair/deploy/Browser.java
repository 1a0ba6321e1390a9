package io.mempair.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium on a host of the lab, without a window. It and its driver talk over a pipe, so they need no common network. */
final class Browser implements AutoCloseable {

    /** Fetched by deploy/test.sh. */
    private static final Path AXE = Path.of("target/npm/node_modules/axe-core/axe.min.js");

    /** Keeps what the browser refused because of the page's policy. */
    private static final String WATCH = "window.refused = []; addEventListener('securitypolicyviolation', event =>"
            + " refused.push(event.violatedDirective + ' ' + event.blockedURI));";

    private final ChromeDriver driver;

    /**
     * @param entering  what a command begins with to run on the host
     * @param folder    for the browser's own files
     */
    Browser(List<String> entering, Path folder) throws IOException {
        Path program = Files.writeString(
                folder.resolve("chromium.sh"),
                "#!/bin/sh\nexec " + String.join(" ", entering) + " /usr/bin/chromium \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        var options = new ChromeOptions();
        options.setBinary(program.toString());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
                "--user-data-dir=" + Files.createDirectories(folder.resolve("profile")));
        var logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
        driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(60)).scriptTimeout(Duration.ofSeconds(60));
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", WATCH));
    }

    void open(String address) {
        driver.get(address);
    }

    /** What a person reads in the first element that the selector finds; empty if there is none. */
    String text(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream()
                .findFirst()
                .map(element -> element.getText())
                .orElse("");
    }

    /** The value of an attribute of the first element that the selector finds; empty if there is none. */
    String attribute(String selector, String name) {
        return String.valueOf(script(
                "const found = document.querySelector(arguments[0]); return found && found.getAttribute(arguments[1])"
                        + " || ''",
                selector,
                name));
    }

    /** How many elements the selector finds. */
    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Whether scripts of pages that are opened from now on run. */
    void scripts(boolean run) {
        driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", !run));
    }

    /** As on a screen of this width, in CSS pixels, of somebody who likes it dark or not. */
    void screen(int width, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** Writes a picture of the whole page. */
    void picture(Path file) {
        Map<String, Object> shot = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        try {
            Files.write(file, Base64.getDecoder().decode(String.valueOf(shot.get("data"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the console said since this was last asked: errors and warnings, of scripts and of the browser. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    /** What the policy of the page made the browser refuse. */
    Object refused() {
        return script("return refused.join(', ')");
    }

    /** What axe finds serious or critical for people who cannot see or point: rule and place, one a line; empty is good. */
    String barriers() throws IOException {
        script(Files.readString(AXE));
        return String.valueOf(driver.executeAsyncScript("""
            const done = arguments[arguments.length - 1];
            axe.run({resultTypes: ['violations']}).then(result => done(result.violations
                .filter(one => one.impact === 'serious' || one.impact === 'critical')
                .map(one => one.id + ' at ' + one.nodes.map(node => node.target.join(' ')).join(', ') + ': ' + one.help)
                .join('\\n')), problem => done('axe failed: ' + problem));
            """));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
