package io.mempair.ha.probe;

/**
 * What became of the writes of a {@link WriteProbe}.
 *
 * @param acknowledged  writes that were answered with {@code STORED}
 * @param failed        writes that were answered with something else, or not at all: nobody knows their fate
 * @param lost          acknowledged writes whose value was not there, or another one, when it was read back
 * @param connections   how many connections it took
 */
public record WriteSummary(int acknowledged, int failed, int lost, int connections) {}
