package io.mempair.proxy.ring;

/**
 * A server as a ring sees it.
 *
 * @param name    the text whose hashes are its points; two members of a ring have two names
 * @param weight  its share beside the others', at least 1
 */
public record Member(String name, int weight) {}
