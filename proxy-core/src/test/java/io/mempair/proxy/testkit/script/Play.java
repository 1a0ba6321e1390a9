package io.mempair.proxy.testkit.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Plays one script: as long as a server is asked something, one of them takes a step, and which it is is a choice. */
public final class Play {

    /** Steps after which a request goes round in circles. */
    private static final int MOST_STEPS = 200;

    /** More than half of what a request may take, so that two of them make it late. */
    private static final Duration SLOW = Duration.ofMillis(300);

    /** More than a request waits for the last copy. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(12);

    /** One step of one server; or, without a server, something else. */
    private record PlayEvent(@Nullable VirtualServer server, ScriptStep step, String text, Runnable other) {
        @Override
        public String toString() {
            return text;
        }
    }

    private final VirtualProxy proxy;
    private final Choices choices;
    private final Set<ScriptStep> faults;
    private int faultsLeft;
    private int pausesLeft;
    private int halvesLeft;
    private int faultsPlayed;
    private Predicate<String> automatic = VirtualServer::isHandshake;
    private Set<VirtualServer> faulty;
    private @Nullable PlayEvent once;
    private Runnable afterEach = () -> {};
    private boolean refused;

    /**
     * @param faults  that may happen
     * @param most    so many of them at most
     * @param halves  so many answers at most come in two pieces
     */
    public Play(VirtualProxy proxy, Choices choices, Set<ScriptStep> faults, int most, int halves) {
        this.proxy = proxy;
        this.choices = choices;
        this.faults = faults;
        this.faulty = Set.copyOf(proxy.servers());
        this.faultsLeft = most;
        this.halvesLeft = halves;
    }

    /** So many times, at most, time passes while a request waits; not so much that it is late, but that it is slow. */
    public Play pauses(int most) {
        pausesLeft = most;
        return this;
    }

    /** That happens once, at most, while a request waits. */
    public Play once(String name, Runnable event) {
        once = new PlayEvent(null, ScriptStep.ANSWERS, name, () -> {
            once = null;
            event.run();
        });
        return this;
    }

    /** Handshakes, and what looks like them, wait for a step too. */
    public Play handshakesToo() {
        automatic = line -> false;
        return this;
    }

    /** Faults befall that server only; the others answer at once. */
    public Play only(VirtualServer server) {
        faulty = Set.of(server);
        return this;
    }

    /** Looked at after each step. */
    public Play afterEach(Runnable check) {
        afterEach = check;
        return this;
    }

    /** Plays, and lets time pass in between, until that is so; {@code rounds} at most. */
    public void until(BooleanSupplier so, int rounds) {
        ready();
        for (int round = 0; round < rounds && !so.getAsBoolean(); round++) {
            proxy.pass(SLOW);
            toTheEnd();
        }
    }

    /** From now on requests wait for a step. Handshakes of new connections are answered at once. */
    public Play ready() {
        proxy.servers().forEach(server -> server.automatic(faulty.contains(server) ? automatic : line -> true));
        proxy.loop().settle();
        return this;
    }

    /** Plays until no server is asked anything, and no request waits for the last copy of its key. */
    public void toTheEnd() {
        ready();
        Duration waited = Duration.ZERO;
        for (int steps = 0; ; steps++) {
            List<PlayEvent> events = possible();
            while (events.isEmpty() && proxy.waitsForLastCopy() && waited.compareTo(LONGEST_WAIT) < 0) {
                proxy.pass(SLOW);
                waited = waited.plus(SLOW);
                events = possible();
            }
            if (events.isEmpty()) {
                return;
            }
            if (steps > MOST_STEPS) {
                throw new AssertionError("more than " + MOST_STEPS + " steps");
            }
            play(choices.among(events));
            afterEach.run();
        }
    }

    private List<PlayEvent> possible() {
        List<PlayEvent> events = new ArrayList<>();
        for (VirtualServer server : proxy.servers()) {
            if (server.isAsked()) {
                add(events, server, ScriptStep.ANSWERS);
                if (halvesLeft > 0 && !server.isInAnswer()) {
                    add(events, server, ScriptStep.ANSWERS_HALF);
                }
                if (faultsLeft > 0 && faulty.contains(server)) {
                    faults.stream()
                            .filter(step ->
                                    !server.isInAnswer() || step == ScriptStep.BREAKS || step == ScriptStep.IS_LATE)
                            .forEach(step -> add(events, server, step));
                }
            }
        }
        if (pausesLeft > 0 && !events.isEmpty()) {
            events.add(pause());
        }
        if (once != null && !events.isEmpty()) {
            events.add(once);
        }
        return events;
    }

    private PlayEvent pause() {
        return new PlayEvent(null, ScriptStep.ANSWERS, "time passes", () -> {
            pausesLeft--;
            proxy.pass(SLOW);
        });
    }

    private static void add(List<PlayEvent> events, VirtualServer server, ScriptStep step) {
        String place = server.address().port() > 100 ? "backup " : "primary ";
        events.add(new PlayEvent(server, step, place + step + " '" + server.asked() + "'", () -> {}));
    }

    private void play(PlayEvent event) {
        if (event.server() == null) {
            event.other().run();
            proxy.loop().settle();
            return;
        }
        if (event.step().isFault()) {
            faultsLeft--;
            faultsPlayed++;
            refused |= event.step() == ScriptStep.REFUSES;
        }
        if (event.step() == ScriptStep.ANSWERS_HALF) {
            halvesLeft--;
        }
        event.server().step(event.step());
        if (event.step() == ScriptStep.IS_LATE) {
            proxy.untilGivenUp(event.server());
        }
    }

    /** How many faults happened. */
    public int faultsPlayed() {
        return faultsPlayed;
    }

    /** Whether a server said that it does not carry something out. */
    public boolean refused() {
        return refused;
    }
}
