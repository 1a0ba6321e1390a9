package io.mempair.deploy.handover;

/**
 * A counter of a connection that is over, and what it may be: each request that was answered was executed once, each other one
 * once or not at all.
 *
 * @param key       its key
 * @param why       the connection is over
 * @param answered  requests
 * @param asked     requests
 */
record LoadCounter(String key, String why, long answered, long asked) {

    /** What is wrong with a value; empty if nothing is. */
    String wrong(long value) {
        if (answered <= value && value <= asked) {
            return "";
        }
        return "counter " + key + " is " + value + " (expected: " + answered + ".." + asked + "; " + why + ')';
    }
}
