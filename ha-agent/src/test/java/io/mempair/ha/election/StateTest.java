package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A copy holds every field, and nothing it holds can be changed through it. */
class StateTest {

    static Stream<Field> fields() {
        return Arrays.stream(State.class.getDeclaredFields()).filter(field -> !Modifier.isStatic(field.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void whatAFieldRefersToIsNeverChanged(Field field) {
        Class<?> type = field.getType();
        boolean constant = type.isPrimitive()
                || type.isEnum()
                || type.isRecord()
                || type == String.class
                || type == Long.class
                || type == List.class; // replaced, never changed: List.of, List.copyOf
        assertThat(constant || field.getName().equals("peers"))
                .as("%s of type %s (expected: an immutable type, or copied by State.copy)", field.getName(), type)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aCopyHoldsEveryField(Field field) throws ReflectiveOperationException {
        State state = new State(7);
        change(state, field);
        assertThat(field.get(state.copy())).isEqualTo(field.get(state)).isNotEqualTo(field.get(new State(7)));
    }

    @Test
    void theCopyHasPeersOfItsOwn() {
        State state = new State(7);
        State copy = state.copy();
        copy.peers.put("b", PEER);
        assertThat(state.peers).isEmpty();
    }

    private static final Peer PEER = Peer.first(
            new Message.Heartbeat("b", 1, 100, Role.STANDBY, true, 0, 0, false, 0, new Message.Terms(false, false, 0)),
            7);

    private static void change(State state, Field field) throws ReflectiveOperationException {
        field.setAccessible(true);
        Class<?> type = field.getType();
        if (type == boolean.class) {
            field.setBoolean(state, !field.getBoolean(state));
        } else if (type == int.class) {
            field.setInt(state, field.getInt(state) + 1);
        } else if (type == long.class) {
            field.setLong(state, field.getLong(state) + 1);
        } else {
            field.set(state, other(type));
        }
    }

    private static Object other(Class<?> type) {
        if (type.isEnum()) {
            return type.getEnumConstants()[type.getEnumConstants().length - 1];
        }
        if (type == Long.class) {
            return 11L;
        }
        if (type == String.class) {
            return "other";
        }
        if (type == List.class) {
            return List.of("other");
        }
        if (type == StateVersion.class) {
            return new StateVersion(3, 9);
        }
        if (type == State.Promise.class) {
            return new State.Promise("b", 3, 9);
        }
        if (type == State.Preparing.class) {
            return new State.Preparing(new State.Leave(Phase.STARTING, new Reason(Reason.Cause.STARTED, "other")), 3);
        }
        if (type == State.Leave.class) {
            return new State.Leave(Phase.STARTING, new Reason(Reason.Cause.STARTED, "other"));
        }
        if (type == Reason.class) {
            return new Reason(Reason.Cause.STARTED, "other");
        }
        return new TreeMap<>(Map.of("b", PEER));
    }
}
