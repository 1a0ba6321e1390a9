package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.replication.ReplicaStatus;
import java.util.function.ToDoubleFunction;

/** A meter that exists once for each server, declared once. */
enum ServerGauge {
    UP("up", "1 if every loop is connected to the server", state -> state.up() ? 1 : 0),
    IN_FLIGHT("in.flight", "Requests that the server has not answered yet", ServerState::inFlight),
    OUT(
            "out",
            "1 if the server missed writes and clients are not served from it",
            state -> state.replica().status() == ReplicaStatus.OUT ? 1 : 0),
    REFILLING(
            "refilling",
            "1 if the server may lack what the other copies have",
            state -> state.replica().status() == ReplicaStatus.REFILLING ? 1 : 0),
    JOURNAL_KEYS(
            "journal.keys",
            "Keys the server missed; -1 if there were too many and it will be flushed",
            state -> state.replica().missedWrites().journaledKeys()),
    JOURNAL_BYTES(
            "journal.bytes",
            "Memory of the keys the server missed",
            state -> state.replica().missedWrites().journaledBytes());

    private final String name;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // each reads its argument only
    private final ToDoubleFunction<ServerState> value;

    ServerGauge(String name, String meaning, ToDoubleFunction<ServerState> value) {
        this.name = name;
        this.meaning = meaning;
        this.value = value;
    }

    /** As Micrometer knows it. */
    String meterName() {
        return "mempair.proxy.server." + name;
    }

    /** One line for the operator. */
    String meaning() {
        return meaning;
    }

    /** Its value now. Any thread. */
    ToDoubleFunction<ServerState> value() {
        return value;
    }
}
