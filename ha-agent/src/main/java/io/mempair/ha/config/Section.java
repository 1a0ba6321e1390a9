package io.mempair.ha.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file. Reading never throws: a mistake is reported to {@link Problems} with its place, and
 * the reader continues with the fallback, so one run finds every problem. Values may name their own key
 * ({@code max-value: 0 (expected: ...)}), as our records do; the name is not repeated then.
 */
final class Section {

    /** Names of keys in one message. */
    private static final int MAX_LISTED = 20;

    private final String name;
    private final Optional<Mark> place;
    private final Map<String, Node> values = new HashMap<>();
    private final Map<String, Node> misspelt = new HashMap<>();
    private final Set<String> faulty = new HashSet<>();
    private final Problems problems;
    private final boolean mapping;

    /**
     * @param name  the section, empty for the whole file
     * @param node  its mapping; null when the file has none, which counts as empty
     */
    Section(String name, @Nullable Node node, List<String> known, Problems problems) {
        this(name, node, known, problems, node == null || node instanceof MappingNode);
    }

    /** One whose absence is reported: nothing more is said of the keys that it has not. */
    static Section absent(String name, Problems problems) {
        return new Section(name, null, List.of(), problems, false);
    }

    private Section(String name, @Nullable Node node, List<String> known, Problems problems, boolean mapping) {
        this.name = name;
        this.problems = problems;
        this.place = node == null ? Optional.empty() : node.getStartMark();
        this.mapping = mapping;
        if (node instanceof MappingNode pairs) {
            pairs.getValue().forEach(tuple -> enter(tuple, known));
            misspelt.forEach(values::putIfAbsent);
        } else if (node != null) {
            String label = name.isEmpty() ? "" : name + ": ";
            problems.add(place, label + describe(node) + " (expected: a mapping with " + keys(known) + ')');
        }
    }

    /** Nobody looks for one of forty names in a message. */
    private String keys(List<String> known) {
        return known.size() > MAX_LISTED
                ? "at least " + ConfigKey.requiredOf(name)
                : "the keys " + String.join(", ", known);
    }

    private void enter(NodeTuple tuple, List<String> known) {
        Node keyNode = tuple.getKeyNode();
        String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : describe(keyNode);
        if (!known.contains(key)) {
            Optional<String> meant = Nearest.to(key, known);
            // reported once, as that; the rest of the file is read as it was meant
            meant.ifPresent(nearest -> misspelt.putIfAbsent(nearest, tuple.getValueNode()));
            String expected = meant.map(nearest -> "did you mean '" + nearest + "'?")
                    .orElse("expected: one of " + String.join(", ", known));
            problems.add(keyNode.getStartMark(), path(key) + ": unknown key (" + expected + ')');
        } else if (values.putIfAbsent(key, tuple.getValueNode()) != null) {
            problems.add(keyNode.getStartMark(), path(key) + ": a second time (expected: each key once)");
        }
    }

    /** Whether it has keys; if not, that is the one problem reported of it. */
    boolean isMapping() {
        return mapping;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    @Nullable
    Node node(String key) {
        return values.get(key);
    }

    /** A required value. Null, with a problem reported, if it is missing or cannot be read. */
    <T> @Nullable T required(ConfigKey key, String expected, Function<String, T> read) {
        return required(key.key(), expected, read);
    }

    <T> @Nullable T required(String key, String expected, Function<String, T> read) {
        Node node = values.get(key);
        if (node == null) {
            missing(key, expected);
            return null;
        }
        return scalar(key, node, read);
    }

    <T> T optional(ConfigKey key, T fallback, Function<String, T> read) {
        return optional(key.key(), fallback, read);
    }

    <T> T optional(String key, T fallback, Function<String, T> read) {
        Node node = values.get(key);
        if (node == null) {
            return fallback;
        }
        T value = scalar(key, node, read);
        return value == null ? fallback : value;
    }

    /** A list; a scalar counts as a list of one. Empty if the key is missing or no element is valid. */
    <T> List<T> list(ConfigKey key, Function<String, T> read) {
        var list = new ArrayList<T>();
        for (Node element : elements(key)) {
            T value = scalar(key.key(), element, read);
            if (value != null) {
                list.add(value);
            }
        }
        return list;
    }

    /** The elements of a list, of which some may be no scalars; what is no list counts as a list of one. */
    List<Node> elements(ConfigKey key) {
        Node node = values.get(key.key());
        if (node == null) {
            return List.of();
        }
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    }

    /** One element of the value of {@code key}. Null, with a problem reported, if it cannot be read. */
    <T> @Nullable T element(ConfigKey key, Node element, Function<String, T> read) {
        return scalar(key.key(), element, read);
    }

    /** A mapping in the value of {@code key} as a section, with these keys. */
    Section inner(ConfigKey key, Node mapping, List<String> known) {
        return new Section(key.path(), mapping, known, problems);
    }

    /** Each mapping of a list as a section of its own, with the keys of {@code key}'s section; a single one needs no list. */
    List<Section> sections(String key) {
        Node node = values.get(key);
        if (node == null) {
            return List.of();
        }
        List<Node> elements = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
        return elements.stream()
                .map(element -> new Section(key, element, ConfigKey.keysOf(key), problems))
                .toList();
    }

    /** Reports that a required key is missing. */
    void missing(String key, String expected) {
        if (mapping) {
            problems.add(place, path(key) + ": missing (expected: " + expected + ')');
        }
    }

    /** Reports a problem with the value of a key. */
    void wrong(ConfigKey key, String text) {
        wrong(key.key(), text);
    }

    /** Reports a problem with a part of the value of a key. */
    void wrong(ConfigKey key, Node part, String text) {
        fault(key);
        problems.add(part.getStartMark(), labelled(key.key(), text));
    }

    /** The value of this key cannot be read, which is reported: {@link #build} says nothing more of it. */
    void fault(ConfigKey key) {
        faulty.add(key.key());
    }

    /** Notes something wrong with the value of a key. */
    void wrong(String key, String text) {
        Node node = values.get(key);
        problems.add(node == null ? place : node.getStartMark(), labelled(key, text));
    }

    /** Builds a record from values already read; what the record rejects is reported where its message points. */
    <T> @Nullable T build(Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            String text = message(e);
            String key = text.substring(0, Math.max(0, text.indexOf(':')));
            if (mapping && !faulty.contains(key)) {
                Node node = values.get(key);
                problems.add(node == null ? place : node.getStartMark(), name + '.' + text);
            }
            return null;
        }
    }

    private <T> @Nullable T scalar(String key, Node node, Function<String, T> read) {
        String problem;
        if (!(node instanceof ScalarNode scalar)) {
            problem = describe(node) + " (expected: one value)";
        } else if (scalar.getTag().equals(Tag.NULL)) {
            problem = "empty (expected: a value)";
        } else {
            try {
                return read.apply(scalar.getValue());
            } catch (IllegalArgumentException e) {
                problem = message(e);
            }
        }
        faulty.add(key);
        problems.add(node.getStartMark(), labelled(key, problem));
        return null;
    }

    private String labelled(String key, String text) {
        return text.startsWith(key + ": ") ? name + '.' + text : path(key) + ": " + text;
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + '.' + key;
    }

    private static String message(IllegalArgumentException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static String describe(Node node) {
        return switch (node.getNodeType()) {
            case MAPPING -> "a mapping";
            case SEQUENCE -> "a list";
            case SCALAR -> node.getTag().equals(Tag.NULL) ? "empty" : '\'' + ((ScalarNode) node).getValue() + '\'';
            default -> "an alias";
        };
    }
}
