package io.mempair.proxy.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every input that is kept, and many made from them: what {@link FuzzIT} does with more time. */
class FuzzInputsTest {

    private static final int MADE = 2_000;

    @ParameterizedTest
    @EnumSource
    void everyKeptInputIsFramedAsTheModelSays(FuzzTargets target) throws IOException {
        for (Path file : files(target)) {
            try {
                target.run(Files.readAllBytes(file));
            } catch (Throwable e) {
                throw new AssertionError("input " + file.getFileName(), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void inputsMadeFromThemAreToo(FuzzTargets target) throws IOException {
        List<byte[]> kept = new ArrayList<>();
        for (Path file : files(target)) {
            kept.add(Files.readAllBytes(file));
        }
        MutatedInputs inputs = new MutatedInputs(target.ordinal(), kept);
        for (int i = 0; i < MADE; i++) {
            byte[] input = inputs.next();
            try {
                target.run(input);
            } catch (Throwable e) {
                throw new AssertionError(
                        "input number " + i + ": " + HexFormat.of().formatHex(input), e);
            }
        }
    }

    private static List<Path> files(FuzzTargets target) throws IOException {
        Path folder = Path.of("src/test/resources/fuzz", target.folder());
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.sorted().toList();
            if (all.isEmpty()) {
                throw new AssertionError("no input in " + folder);
            }
            return all;
        }
    }
}
