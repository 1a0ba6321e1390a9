package io.mempair.ha.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The sections of one file, and what is wrong with them. One thread. */
final class FileSections {

    private final Problems problems;
    private final Section file;

    FileSections(ConfigText text) throws ConfigException {
        this.problems = new Problems(text.path().toString());
        this.file = new Section("", parse(text), ConfigKey.sections(), problems);
        if (!file.isMapping()) {
            throw problems.exception(); // nothing can be said of its keys
        }
    }

    /** What is wrong so far. */
    Problems problems() {
        return problems;
    }

    boolean has(String section) {
        return file.has(section);
    }

    /** Each mapping of a list of them. */
    List<Section> sections(String name) {
        return file.sections(name);
    }

    /** Reports something wrong with a section. */
    void wrong(String section, String text) {
        file.wrong(section, text);
    }

    /** {@code value}, if nothing is wrong. */
    <T> T finish(@Nullable T value) throws ConfigException {
        if (value == null || !problems.none()) {
            throw problems.exception();
        }
        return value;
    }

    /** The section {@code log}. */
    LogConfig log() {
        Section log = section("log");
        if (!log.has(ConfigKey.LOG_SLOW.key())) {
            ListenSection.needs(log, ConfigKey.LOG_SLOW_KEYS, ConfigKey.LOG_SLOW);
        }
        return new LogConfig(
                log.optional(ConfigKey.LOG_LEVEL, LogConfig.DEFAULT.level(), ProxyValues::logLevel),
                log.optional(ConfigKey.LOG_FORMAT, LogConfig.DEFAULT.format(), ProxyValues::logFormat),
                log.optional(ConfigKey.LOG_SLOW, LogConfig.DEFAULT.slow(), LogConfig::slow),
                log.optional(ConfigKey.LOG_SLOW_KEYS, LogConfig.DEFAULT.plainKeys(), LogConfig::plainKeys));
    }

    /** A section whose absence is a problem. */
    Section required(String name) {
        if (!file.has(name)) {
            file.missing(name, "a mapping, with at least " + ConfigKey.requiredOf(name));
            return Section.absent(name, problems);
        }
        return section(name);
    }

    /** A section that may be absent, which is an empty one. */
    Section section(String name) {
        return new Section(name, file.node(name), ConfigKey.keysOf(name), problems);
    }

    private Node parse(ConfigText source) throws ConfigException {
        Node root = YamlTree.of(source.text(), source.path().toString(), problems);
        if (root == null) {
            problems.add(
                    Optional.empty(),
                    (source.text().isBlank() ? "empty" : "everything in it is commented out")
                            + " (expected: the sections node, group, virtual-address and proxy of a node, or proxy alone;"
                            + " `mempair init` writes the files of a pair)");
            throw problems.exception();
        }
        return root;
    }
}
