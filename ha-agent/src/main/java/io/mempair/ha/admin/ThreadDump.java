package io.mempair.ha.admin;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What every thread of this process does. */
final class ThreadDump {

    /** Of one thread. */
    private static final int MAX_FRAMES = 60;

    private ThreadDump() {}

    static String text() {
        ThreadInfo[] threads = ManagementFactory.getThreadMXBean().dumpAllThreads(false, false, MAX_FRAMES);
        return Arrays.stream(threads).map(ThreadDump::of).collect(Collectors.joining("\n"));
    }

    private static String of(ThreadInfo thread) {
        String lock = thread.getLockName() == null ? "" : " on " + thread.getLockName();
        return '"' + thread.getThreadName() + "\" " + thread.getThreadState() + lock + '\n'
                + Arrays.stream(thread.getStackTrace())
                        .map(frame -> "    at " + frame + '\n')
                        .collect(Collectors.joining());
    }
}
