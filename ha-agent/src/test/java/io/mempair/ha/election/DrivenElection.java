package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Timeout;

/**
 * The election of node {@code b} (priority 100), whose peer {@code a} has priority 200, driven by hand: single rules are
 * tested from its view. Time moves only by {@link #pass} and {@link #pauseFor}.
 */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
abstract class DrivenElection {

    static final long MILLIS = 1_000_000;
    static final Settings SETTINGS =
            new Settings("b", 100, 1, 100 * MILLIS, 700 * MILLIS, 1_500 * MILLIS, Settings.CLAIM_NANOS, Policy.PAIR);

    static final Terms TERMS = new Terms(false, false, 700 * MILLIS);

    private final Settings settings;
    Election election;
    private long origin;
    long nowMillis;
    long lastTickMillis;
    final List<Effect> effects = new ArrayList<>();
    final List<Transition> transitions = new ArrayList<>();

    DrivenElection() {
        this(Policy.PAIR);
    }

    DrivenElection(Policy policy) {
        settings = new Settings(
                SETTINGS.self(),
                SETTINGS.priority(),
                SETTINGS.incarnation(),
                SETTINGS.heartbeatNanos(),
                SETTINGS.leaseNanos(),
                SETTINGS.initNanos(),
                SETTINGS.claimNanos(),
                policy);
        election = Election.start(settings, 0);
    }

    void startAt(long originNanos) {
        origin = originNanos;
        election = Election.start(settings, originNanos);
        feed(now -> new Event.FitnessChanged(now, List.of()));
        feed(Event.ChannelConnected::new);
    }

    long local() {
        return origin + nowMillis * MILLIS;
    }

    void feed(LongFunction<Event> event) {
        Decision decision = election.onEvent(event.apply(local()));
        election = decision.next();
        effects.addAll(decision.effects());
        if (decision.transition() != null) {
            transitions.add(decision.transition());
        }
    }

    void pass(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            nowMillis = Math.min(end, lastTickMillis + 25);
            if (nowMillis - lastTickMillis >= 25) {
                lastTickMillis = nowMillis;
                feed(Event.Tick::new);
            }
        }
    }

    void pauseFor(long millis) {
        nowMillis += millis;
        lastTickMillis = nowMillis;
    }

    void hear(Message message) {
        feed(now -> new Event.Heard(now, message));
    }

    Heartbeat fromA(Role role, long epoch, long reignEpoch, boolean holds) {
        return new Heartbeat(
                "a", 7, 200, role, role != Role.FAULT, epoch, reignEpoch, holds, nowMillis * MILLIS, TERMS);
    }

    void becomeActiveAlone() {
        startAt(0);
        pass(1_600);
        feed(now -> new Event.AddressClaimed(now, election.epoch()));
        feed(now -> new Event.PortOpened(now, election.epoch()));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        effects.clear();
        transitions.clear();
    }

    <T extends Effect> List<T> effects(Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    boolean claims() {
        return !effects(Effect.ClaimAddress.class).isEmpty();
    }
}
