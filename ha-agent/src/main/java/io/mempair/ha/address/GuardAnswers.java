package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came of the commands, told to the {@link VirtualAddress.Listener}. The guard answers in the order it was asked,
 * but its word is not believed: what the interface carries is read back. Any thread.
 */
final class GuardAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(GuardAnswers.class);

    private final VirtualAddressConfig config;
    private final Queue<GuardCommand> unanswered = new ConcurrentLinkedQueue<>();
    private volatile VirtualAddress.@Nullable Listener listener;

    GuardAnswers(VirtualAddressConfig config) {
        this.config = config;
    }

    void start(VirtualAddress.Listener to) {
        listener = to;
    }

    /** Nothing is told from here. */
    void close() {
        listener = null;
    }

    /** Notes a command that the guard will answer; before it is written. */
    void expect(GuardCommand command) {
        unanswered.add(command);
    }

    /** A new guard answers nothing that the old one was asked. */
    void forget() {
        unanswered.clear();
    }

    /** A line from the guard. */
    void onLine(String line) {
        if (line.equals("dropped")) {
            lost("the guard heard nothing for too long and dropped the address");
            return;
        }
        GuardCommand asked = unanswered.poll();
        if (asked != null) {
            onAnswer(asked, line);
        }
    }

    private void onAnswer(GuardCommand asked, String line) {
        boolean held = carries();
        if (asked.kind() == GuardCommand.Kind.CLAIM) {
            if (held) {
                tell(to -> to.claimed(asked.epoch()));
            } else {
                failed(asked.epoch(), line.startsWith("failed ") ? line.substring(7) : "the address is not there");
            }
        } else if (held) {
            LOG.warn("released, but the interface still carries {}", config.address());
        } else {
            tell(to -> to.released(asked.epoch()));
        }
    }

    /** Answers a command that there is no guard for. */
    void refuse(GuardCommand command) {
        if (command.kind() == GuardCommand.Kind.CLAIM) {
            failed(command.epoch(), "the guard is not running");
        } else if (command.kind() == GuardCommand.Kind.RELEASE && !carries()) {
            tell(to -> to.released(command.epoch()));
        }
    }

    void failed(long epoch, String why) {
        tell(to -> to.failed(epoch, why));
    }

    void lost(String why) {
        tell(to -> to.lost(why));
    }

    /** Reads the interface and tells what it carries. */
    void observe() {
        tell(to -> to.observed(carries()));
    }

    private boolean carries() {
        return Interfaces.carries(config.interfaceName(), config.address());
    }

    private void tell(Consumer<VirtualAddress.Listener> what) {
        VirtualAddress.Listener to = listener;
        if (to != null) {
            what.accept(to);
        }
    }
}
