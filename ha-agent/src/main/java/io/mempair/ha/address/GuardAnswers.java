package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts the guard's replies to calls of the {@link VirtualAddress.AddressListener}. The guard replies in command
 * order, but its replies are verified: the interface is read back. Any thread.
 */
final class GuardAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(GuardAnswers.class);
    private static final String LEASE_OVER = "the lease was over before the address could be claimed";

    private final VirtualAddressConfig config;
    private final GuardPulse pulse;
    private final GuardRemarks remarks;
    private final Predicate<GuardCommand> claimAgain;
    private final Queue<GuardCommand> unanswered = new ConcurrentLinkedQueue<>();
    private volatile boolean wanted;
    private volatile VirtualAddress.@Nullable AddressListener listener;

    /**
     * @param claimAgain  repeats this claim without probing the network, unless another command followed; returns
     *     whether it did
     */
    GuardAnswers(
            VirtualAddressConfig config, GuardPulse pulse, GuardRemarks remarks, Predicate<GuardCommand> claimAgain) {
        this.config = config;
        this.pulse = pulse;
        this.remarks = remarks;
        this.claimAgain = claimAgain;
    }

    void start(VirtualAddress.AddressListener to) {
        listener = to;
    }

    /** Stops all calls of the listener. */
    void close() {
        listener = null;
    }

    /** Records a command before it is written, to match the guard's reply. */
    void expect(GuardCommand command) {
        wanted = command.kind() == GuardCommand.GuardCommandKind.CLAIM;
        unanswered.add(command);
    }

    /** Returns and clears the unanswered commands: a new guard does not answer those of the old one. */
    List<GuardCommand> forget() {
        List<GuardCommand> forgotten = List.copyOf(unanswered);
        unanswered.clear();
        return forgotten;
    }

    /** A new guard started with a release, which may answer a pending release. */
    void droppedAtStart(List<GuardCommand> forgotten) {
        forgotten.stream()
                .filter(command -> command.kind() == GuardCommand.GuardCommandKind.RELEASE)
                .forEach(this::releasedIfGone);
    }

    /** Whether the address should be on the interface: the last command was a claim. */
    boolean isWanted() {
        return wanted;
    }

    /** How closely the guard must be watched. */
    GuardPulse.Patience patience() {
        if (unanswered.stream().anyMatch(GuardCommand::unhurried)) {
            return GuardPulse.Patience.ASKING;
        }
        return wanted || !unanswered.isEmpty() ? GuardPulse.Patience.URGENT : GuardPulse.Patience.IDLE;
    }

    /** Handles a line from the guard. */
    void onLine(String line) {
        if (line.equals("dropped")) {
            lost("the guard heard nothing for too long and dropped the address");
            return;
        }
        if (remarks.onLine(line)) {
            return;
        }
        if (line.startsWith("pong ")) {
            pulse.answered(Long.parseLong(line.substring("pong ".length())));
            return;
        }
        GuardCommand asked = unanswered.poll();
        if (asked == null) {
            return;
        }
        if (!line.equals("late")) {
            onAnswer(asked, line);
        } else if (!claimAgain.test(asked)) {
            leaseOver(asked);
        }
    }

    private void onAnswer(GuardCommand asked, String line) {
        List<Cidr> carried = carried();
        if (asked.kind() == GuardCommand.GuardCommandKind.CLAIM) {
            if (line.startsWith("failed ")) {
                failed(asked.epoch(), line.substring("failed ".length()));
            } else if (carried.size() < config.addresses().size()) {
                failed(asked.epoch(), "the interface carries only " + carried + " of " + config.addresses());
            } else {
                remarks.onClaimed();
                tell(to -> to.claimed(asked.epoch()));
            }
        } else if (!carried.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("address", carried)
                    .log("address released, but the interface still carries {} event=address_left", carried);
        } else {
            tell(to -> to.released(asked.epoch()));
        }
    }

    /** The addresses on the interface, except those that somebody else put there. */
    private List<Cidr> carried() {
        return remarks.own(Interfaces.carried(config));
    }

    /**
     * Fails a command because no guard runs. A release stays pending: the next guard drops the address when it starts,
     * and thereby answers it.
     */
    void refuse(GuardCommand command) {
        if (command.kind() == GuardCommand.GuardCommandKind.CLAIM) {
            failed(command.epoch(), "the guard is not running");
        } else if (command.kind() == GuardCommand.GuardCommandKind.RELEASE) {
            wanted = false;
            if (!releasedIfGone(command)) {
                unanswered.add(command);
            }
        }
    }

    private boolean releasedIfGone(GuardCommand release) {
        boolean gone = carried().isEmpty();
        if (gone) {
            tell(to -> to.released(release.epoch()));
        }
        return gone;
    }

    /** A claim failed because its lease was over. */
    void leaseOver(GuardCommand claim) {
        failed(claim.epoch(), LEASE_OVER);
    }

    private void failed(long epoch, String why) {
        tell(to -> to.failed(epoch, why));
    }

    void lost(String why) {
        tell(to -> to.lost(why));
    }

    /** Reads the interface and reports what it carries. */
    void observe() {
        int carried = carried().size();
        boolean held = wanted ? carried == config.addresses().size() : carried > 0;
        tell(to -> to.observed(held));
    }

    private void tell(Consumer<VirtualAddress.AddressListener> what) {
        VirtualAddress.AddressListener to = listener;
        if (to != null) {
            what.accept(to);
        }
    }
}
