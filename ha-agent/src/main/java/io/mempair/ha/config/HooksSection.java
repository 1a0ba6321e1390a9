package io.mempair.ha.config;

import io.mempair.ha.config.HooksConfig.Holder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section {@code hooks}: programs are checked when the file is read, not when they are needed. */
final class HooksSection {

    private static final List<ConfigKey> PROGRAMS =
            List.of(ConfigKey.HOOK_CLAIM, ConfigKey.HOOK_RELEASE, ConfigKey.HOOK_NOTIFY, ConfigKey.HOOK_FENCE);

    private HooksSection() {}

    static @Nullable HooksConfig read(Section section) {
        Path claim = program(section, ConfigKey.HOOK_CLAIM);
        Path release = program(section, ConfigKey.HOOK_RELEASE);
        Path notify = program(section, ConfigKey.HOOK_NOTIFY);
        Path fence = program(section, ConfigKey.HOOK_FENCE);
        Duration timeout = section.optional(ConfigKey.HOOK_TIMEOUT, HooksConfig.DEFAULT_TIMEOUT, Quantity::duration);
        if (PROGRAMS.stream().noneMatch(key -> section.has(key.key())) && section.has(ConfigKey.HOOK_TIMEOUT.key())) {
            section.wrong(
                    ConfigKey.HOOK_TIMEOUT,
                    "does nothing alone (expected: together with claim, release, notify or fence)");
        }
        Holder address = section.optional(ConfigKey.HOOK_ADDRESS, Holder.GUARD, HooksSection::holder);
        return section.build(() -> new HooksConfig(claim, release, notify, fence, timeout, address));
    }

    private static @Nullable Path program(Section section, ConfigKey key) {
        return section.has(key.key()) ? section.required(key, "a program", HooksSection::program) : null;
    }

    private static Path program(String text) {
        if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + text + "' (expected: an absolute path of a program)");
        }
        Path path = Path.of(text);
        if (!Files.isRegularFile(path)) {
            throw new IllegalArgumentException("'" + text + "' is not there (expected: a program)");
        }
        if (!Files.isExecutable(path)) {
            throw new IllegalArgumentException(
                    "'" + text + "' cannot be run (expected: a program: chmod +x " + text + ')');
        }
        return path;
    }

    private static Holder holder(String text) {
        return switch (text) {
            case "guard" -> Holder.GUARD;
            case "hooks" -> Holder.HOOKS;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: guard or hooks)");
        };
    }
}
