package io.mempair.ha.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * YAML as a tree of nodes, within bounds. The library makes the tree by recursion, and a node takes a hundred times the bytes of its
 * text: a file that breaks a bound would end the process that reads it. So the bounds are held before, on a walk through its events,
 * which needs no more than the text. Pure.
 */
final class YamlTree {

    /** Lists and mappings in each other; a file of ours needs five. */
    static final int MAX_DEPTH = 32;

    /** Keys, values, lists and mappings; a thousand servers with names and weights need eight thousand. */
    static final int MAX_NODES = 20_000;

    private YamlTree() {}

    /**
     * The root of {@code text}; null if there is nothing but comments.
     *
     * @param label     for the library's own marks
     * @param problems  gets what is wrong, with its place
     * @throws ConfigException with these problems, if it is no YAML or breaks a bound
     */
    static @Nullable Node of(String text, String label, Problems problems) throws ConfigException {
        var settings = LoadSettings.builder()
                .setLabel(label)
                .setCodePointLimit(Integer.MAX_VALUE) // the bound of the file is the only one
                .build();
        try {
            if (isWithinBounds(settings, text, problems)) {
                return new Compose(settings).composeString(text).orElse(null);
            }
        } catch (MarkedYamlEngineException e) {
            problems.add(e.getProblemMark(), "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(Optional.empty(), "not YAML: " + e.getMessage());
        }
        throw problems.exception();
    }

    private static boolean isWithinBounds(LoadSettings settings, String text, Problems problems) {
        int depth = 0;
        int nodes = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> {
                    depth++;
                    nodes++;
                }
                case MappingEnd, SequenceEnd -> depth--;
                case Scalar, Alias -> nodes++;
                default -> {
                    continue; // begin and end of the text, comments
                }
            }
            if (depth > MAX_DEPTH) {
                problems.add(
                        event.getStartMark(),
                        "over " + MAX_DEPTH + " lists and mappings in each other (expected: a configuration of mempair,"
                                + " which needs five)");
                return false;
            }
            if (nodes > MAX_NODES) {
                problems.add(
                        event.getStartMark(),
                        "over " + MAX_NODES + " keys and values before this (expected: a configuration of mempair)");
                return false;
            }
        }
        return true;
    }
}
