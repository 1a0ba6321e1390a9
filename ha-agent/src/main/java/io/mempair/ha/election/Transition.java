package io.mempair.ha.election;

/**
 * One change of role, complete with its effects.
 *
 * @param from       the old role
 * @param to         the new role
 * @param epoch      the reign that began or ended, or the highest known
 * @param reason     the reason
 * @param tookNanos  from the decision to its execution
 */
public record Transition(Role from, Role to, long epoch, Reason reason, long tookNanos) {}
