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
 * What came of the commands, told to the {@link VirtualAddress.AddressListener}. The guard answers in the order it was asked,
 * but its word is not believed: what the interface carries is read back. Any thread.
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
     * @param claimAgain  makes this claim again without asking the network, unless something else was ordered since; whether
     *                    it does
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

    /** Nothing is told from here. */
    void close() {
        listener = null;
    }

    /** Notes a command that the guard will answer; before it is written. */
    void expect(GuardCommand command) {
        wanted = command.kind() == GuardCommand.GuardCommandKind.CLAIM;
        unanswered.add(command);
    }

    /** A new guard answers nothing that the old one was asked: what that was. */
    List<GuardCommand> forget() {
        List<GuardCommand> forgotten = List.copyOf(unanswered);
        unanswered.clear();
        return forgotten;
    }

    /** A new guard began with a release, which the old one may have been asked for. */
    void droppedAtStart(List<GuardCommand> forgotten) {
        forgotten.stream()
                .filter(command -> command.kind() == GuardCommand.GuardCommandKind.RELEASE)
                .forEach(this::releasedIfGone);
    }

    /** Whether the address is to be on the interface: the last command was a claim. */
    boolean isWanted() {
        return wanted;
    }

    /** How closely the guard has to be looked at. */
    GuardPulse.Patience patience() {
        if (unanswered.stream().anyMatch(GuardCommand::unhurried)) {
            return GuardPulse.Patience.ASKING;
        }
        return wanted || !unanswered.isEmpty() ? GuardPulse.Patience.URGENT : GuardPulse.Patience.IDLE;
    }

    /** A line from the guard. */
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
            LOG.warn("released, but the interface still carries {}", carried);
        } else {
            tell(to -> to.released(asked.epoch()));
        }
    }

    /** What of the addresses is on the interface, but for what somebody else put there. */
    private List<Cidr> carried() {
        return remarks.own(Interfaces.carried(config));
    }

    /**
     * Answers a command that there is no guard for. What was to be released the next guard drops, not keeps, when it begins:
     * until then the release waits for its answer.
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

    /** A claim came to nothing because its lease was over. */
    void leaseOver(GuardCommand claim) {
        failed(claim.epoch(), LEASE_OVER);
    }

    private void failed(long epoch, String why) {
        tell(to -> to.failed(epoch, why));
    }

    void lost(String why) {
        tell(to -> to.lost(why));
    }

    /** Reads the interface and tells what it carries. */
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
