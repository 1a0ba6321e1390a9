package io.mempair.ha.agent;

import io.mempair.ha.agent.NodeStatus.PeerStatus;
import io.mempair.ha.check.Checks;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.Mode;
import io.mempair.ha.config.TieBreakerConfig;
import io.mempair.ha.election.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What would have to be true for a node to take over, and whether it is. Pure.
 *
 * @param ready       whether all of it is true, but for another node that is active; or this one is active itself
 * @param summary     one line for a person
 * @param conditions  each, in the order in which an operator looks for them; empty for a member that never takes over
 */
public record TakeOver(boolean ready, String summary, List<Condition> conditions) {

    public TakeOver {
        conditions = List.copyOf(conditions);
    }

    /**
     * One of them.
     *
     * @param holds  whether it is true now
     * @param what   as in {@code b is fit}
     * @param now    how it is, and what to do if it is not true
     */
    public record Condition(boolean holds, String what, String now) {}

    /** Of a member that never takes over, and why. */
    public static TakeOver never(String why) {
        return new TakeOver(false, why, List.of());
    }

    /** @param heldDown  how long the node yields to another that is fit, because it lost its reign too often */
    static TakeOver of(NodeStatus status, GroupConfig group, Duration heldDown) {
        String self = status.name();
        List<PeerStatus> nodes = status.peers().stream()
                .filter(peer -> peer.role() != Role.WITNESS)
                .toList();
        List<Condition> own = new ArrayList<>();
        own.add(notInMaintenance(status));
        own.add(fit(status));
        own.add(new Condition(
                heldDown.isZero(),
                self + " does not yield because it lost its reign too often",
                heldDown.isZero() ? "it does not" : "it yields for " + heldDown.toSeconds() + " s more"));
        nodes.forEach(peer -> own.add(placement(self, peer)));
        own.add(agreement(status, group));
        Condition nobodyElse = nobodyElse(nodes, group);
        boolean ready = status.role() == Role.ACTIVE || own.stream().allMatch(Condition::holds);
        List<Condition> all = new ArrayList<>(own);
        all.add(nobodyElse);
        return new TakeOver(ready, summary(status, ready, nobodyElse, all), all);
    }

    private static String summary(NodeStatus status, boolean ready, Condition nobodyElse, List<Condition> all) {
        String self = status.name();
        if (status.role() == Role.ACTIVE) {
            return self + " is active: there is nothing to take over";
        }
        if (!ready) {
            long missing = all.stream().filter(condition -> !condition.holds()).count();
            return self + " would not take over: " + missing + (missing == 1 ? " condition is" : " conditions are")
                    + " not met";
        }
        return nobodyElse.holds()
                ? self + " takes over now, unless another node goes first"
                : self + " takes over as soon as no other node is active";
    }

    private static Condition notInMaintenance(NodeStatus status) {
        boolean takenOut = status.fitness().maintenance();
        return new Condition(
                !takenOut,
                status.name() + " is not in maintenance",
                takenOut ? "the operator took it out: `mempair online` ends that" : "it is not");
    }

    private static Condition fit(NodeStatus status) {
        boolean fit = status.role() != Role.FAULT;
        String now;
        if (fit) {
            now = "no check says otherwise";
        } else {
            now = status.fitness().maintenance() ? "see above" : status.reason();
        }
        return new Condition(fit, status.name() + " is fit", now);
    }

    private static Condition placement(String self, PeerStatus peer) {
        return new Condition(
                !peer.placesOtherwise(),
                self + " places keys as " + peer.name() + " does",
                peer.placesOtherwise()
                        ? "it does not: make servers, backups and distribution alike and reload both"
                        : "it does");
    }

    private static Condition agreement(NodeStatus status, GroupConfig group) {
        List<String> heard = status.peers().stream()
                .filter(PeerStatus::alive)
                .map(PeerStatus::name)
                .toList();
        String hears = heard.isEmpty() ? "none is heard" : "heard: " + String.join(", ", heard);
        if (group.mode() == Mode.WITNESS) {
            return new Condition(!heard.isEmpty(), "one of the two other members agrees", hears);
        }
        if (group.tieBreaker().equals(TieBreakerConfig.NONE)) {
            return new Condition(
                    true,
                    "the other node agrees, or is not heard",
                    hears + "; there is no tie-breaker, so it goes on alone");
        }
        List<Checks.CheckStatus> ties = status.fitness().checks().stream()
                .filter(check -> check.name().equals(Checks.TIE_BREAKER))
                .toList();
        boolean answers = !ties.isEmpty() && ties.stream().allMatch(Checks.CheckStatus::good);
        String tie = ties.isEmpty()
                ? "not asked yet"
                : ties.stream().map(Checks.CheckStatus::outcome).collect(Collectors.joining("; "));
        return new Condition(
                answers,
                "the tie-breaker answers, in case the other node is not heard",
                "tie-breaker: " + tie + "; " + hears);
    }

    private static Condition nobodyElse(List<PeerStatus> nodes, GroupConfig group) {
        String ends = "; it hands over, stops, dies, or is not heard for "
                + group.profile().lease().toMillis() + " ms";
        return nodes.stream()
                .filter(peer -> peer.alive() && peer.role() == Role.ACTIVE)
                .findFirst()
                .map(peer -> new Condition(
                        false,
                        "no other node is active",
                        peer.name() + " is, heard " + peer.heardMillis() + " ms ago" + ends))
                .orElseGet(() -> new Condition(true, "no other node is active", "none is heard that is"));
    }
}
