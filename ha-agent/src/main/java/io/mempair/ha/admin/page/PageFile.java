package io.mempair.ha.admin.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A static file of the page, from the jar. */
public final class PageFile {

    /** Hex digits of a tag; the files are few. */
    private static final int TAG_DIGITS = 16;

    /** By the path they are asked for; read when they are first asked for. */
    private static final Map<String, PageFile> READ = new ConcurrentHashMap<>();

    /** Names in the jar. The charts are uPlot's own files, put there when it is built. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("/assets/page.js", "page.js"),
            Map.entry("/assets/dom.js", "dom.js"),
            Map.entry("/assets/verdict.js", "verdict.js"),
            Map.entry("/assets/picture.js", "picture.js"),
            Map.entry("/assets/charts.js", "charts.js"),
            Map.entry("/assets/page.css", "page.css"),
            Map.entry("/assets/icon.svg", "icon.svg"),
            Map.entry("/assets/uplot.js", "uplot/dist/uPlot.iife.min.js"),
            Map.entry("/assets/uplot.css", "uplot/dist/uPlot.min.css"),
            Map.entry("/assets/uplot.LICENSE", "uplot/LICENSE"));

    private final String contentType;
    private final byte[] content;
    private final String tag;

    private PageFile(String contentType, byte[] content) {
        this.contentType = contentType;
        this.content = content;
        this.tag = '"' + HexFormat.of().formatHex(digest(content)).substring(0, TAG_DIGITS) + '"';
    }

    /** A file of the page as text. */
    public static String text(String name) {
        return new String(content(name), StandardCharsets.UTF_8);
    }

    /** @throws IllegalStateException if the jar lacks it */
    private static byte[] content(String name) {
        try (InputStream in = PageFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static String type(String name) {
        if (name.endsWith(".js")) {
            return "text/javascript; charset=utf-8";
        } else if (name.endsWith(".css")) {
            return "text/css; charset=utf-8";
        }
        return name.endsWith(".svg") ? "image/svg+xml" : "text/plain; charset=utf-8";
    }

    private static byte[] digest(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** The file asked for by this path, if there is one. */
    public static Optional<PageFile> at(String path) {
        String name = NAMES.get(path);
        return name == null
                ? Optional.empty()
                : Optional.of(READ.computeIfAbsent(path, first -> new PageFile(type(name), content(name))));
    }

    /** Value of the header Content-Type. */
    public String contentType() {
        return contentType;
    }

    /** Its bytes; not to be changed. */
    public byte[] content() {
        return content;
    }

    /** Value of the header ETag: another one as soon as a byte differs. */
    public String tag() {
        return tag;
    }
}
