package io.mempair.ha.address;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The floating addresses as the agent sees them: one thing, held or not. Every method returns at once; what came of it is told to the
 * {@link AddressListener}. Calls take effect in the order they were made.
 */
public interface VirtualAddress extends AutoCloseable {

    /** Starts holding nothing: an address left by an earlier run is removed. */
    void start(AddressListener listener);

    /** Allows to hold the address until then, on the clock of {@link System#nanoTime}; the past means: no more. */
    void lease(long untilNanos);

    /**
     * Puts the address on the interface and announces it; answered by claimed or failed.
     *
     * @param fence      the peer that must be fenced first: it fell silent, and nobody knows that it let go; or null
     * @param unhurried  no client waits for it yet, so there is time to ask first whether another host has the address;
     *                   else that is asked beside the claim, and what comes of it is only said
     */
    void claim(long epoch, @Nullable String fence, boolean unhurried);

    /** Announces it once more. */
    void announce();

    /** Takes it off the interface; answered by released. */
    void release(long epoch);

    /** What keeps it from being held here, each with its remedy; null before anything is known. Any thread; at once. */
    default @Nullable List<String> problems() {
        return List.of();
    }

    /** What the operator should know of it though it can be held, each with its remedy. Any thread; at once. */
    default List<String> warnings() {
        return List.of();
    }

    /** Releases and ends, within a second. */
    @Override
    void close();

    /** What became of the calls. Called by any thread; must return at once. */
    interface AddressListener {

        /** Read back from the interface: it carries the address. */
        void claimed(long epoch);

        /** It could not be put there; {@code why} is for the operator. */
        void failed(long epoch, String why);

        /** Read back from the interface: it does not carry the address. */
        void released(long epoch);

        /** It was let go of although nobody asked. */
        void lost(String why);

        /** What the interface carries: all that was claimed, or else anything of it; about once a second. */
        void observed(boolean held);
    }
}
