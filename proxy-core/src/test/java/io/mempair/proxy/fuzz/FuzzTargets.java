package io.mempair.proxy.fuzz;

import java.util.function.Consumer;

/** What is fuzzed, by name: the name of the folder of its inputs, and of the class that the fuzzer is given. */
enum FuzzTargets {
    CLIENT("client", ClientBytesTarget.class, ClientBytesTarget::fuzzerTestOneInput),
    SERVER("server", ServerBytesTarget.class, ServerBytesTarget::fuzzerTestOneInput);

    private final String folder;
    private final Class<?> type;
    private final Consumer<byte[]> target;

    FuzzTargets(String folder, Class<?> type, Consumer<byte[]> target) {
        this.folder = folder;
        this.type = type;
        this.target = target;
    }

    /** Below {@code src/test/resources/fuzz}. */
    String folder() {
        return folder;
    }

    Class<?> type() {
        return type;
    }

    /** Runs one input; throws what is wrong with it. */
    void run(byte[] input) {
        target.accept(input);
    }
}
