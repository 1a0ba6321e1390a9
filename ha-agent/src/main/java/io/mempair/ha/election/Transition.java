package io.mempair.ha.election;

/**
 * One change of role, complete with its effects.
 *
 * @param from       the old role
 * @param to         the new role
 * @param epoch      the reign that began or ended, or the highest known
 * @param reason     why
 * @param tookNanos  from the decision until it was carried out
 */
public record Transition(Role from, Role to, long epoch, Reason reason, long tookNanos) {}
