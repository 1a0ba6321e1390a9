package io.mempair.ha.address;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The floating addresses as one unit, held or not. Every method returns immediately; the {@link AddressListener}
 * receives the outcome. Calls take effect in order.
 */
public interface VirtualAddress extends AutoCloseable {

    /** Starts without the address: removes one left by an earlier run. */
    void start(AddressListener listener);

    /**
     * Permits holding the address until then, in nanoseconds on the clock of {@link System#nanoTime}; a past time ends
     * it.
     */
    void lease(long untilNanos);

    /**
     * Adds the address to the interface and announces it; answered by claimed or failed.
     *
     * @param fence      peer to fence first, because it fell silent and may still hold the address; or null
     * @param unhurried  no client waits yet, so there is time to probe first whether another host has the address;
     *     otherwise the probe runs in parallel and its result is only logged
     */
    void claim(long epoch, @Nullable String fence, boolean unhurried);

    /** Announces it again. */
    void announce();

    /** Removes it from the interface; answered by released. */
    void release(long epoch);

    /**
     * Before a release: lets this host keep packets that come for the address after it, and pass them on to the next holder
     * once that announces itself; where the host does not allow it they are lost, as without this.
     *
     * @param longest  from now on; a claim ends it too
     */
    default void hold(Duration longest) {}

    /** Problems that prevent holding it here, each with its remedy; null while unknown. Any thread; never blocks. */
    default @Nullable List<String> problems() {
        return List.of();
    }

    /** Warnings that do not prevent holding it, each with its remedy. Any thread; never blocks. */
    default List<String> warnings() {
        return List.of();
    }

    /** Releases and ends, within a second. */
    @Override
    void close();

    /** Receives outcomes. Called by any thread; must not block. */
    interface AddressListener {

        /** Read back from the interface: it carries the address. */
        void claimed(long epoch);

        /** The address could not be added; {@code why} is for the operator. */
        void failed(long epoch, String why);

        /** Read back from the interface: it does not carry the address. */
        void released(long epoch);

        /** The address was dropped without a call. */
        void lost(String why);

        /**
         * Whether the interface carries the address, about once a second: all of it after a claim, otherwise any part
         * of it.
         */
        void observed(boolean held);
    }
}
