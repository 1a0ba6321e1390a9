package io.mempair.deploy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.netty.channel.EventLoop;
import io.netty.util.internal.ThreadExecutorMap;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Breaks a part of a running {@code mempair} from inside, as no input from outside can for sure: loaded into the process by
 * the JVM, it waits for a file and does what that says. It finds an event loop when the first line is logged on one.
 */
public final class BreakingAgent {

    private static final long POLL_NANOS = 20_000_000;

    private static final AtomicReference<EventLoop> LOOP = new AtomicReference<>();

    private BreakingAgent() {}

    /** For {@code MEMPAIR_JAVA_OPTS}; makes what the JVM loads, in a folder of the test. */
    static String option(Path folder, Path order) throws IOException {
        Path jar = folder.resolve("breaking-agent.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", BreakingAgent.class.getName());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Class<?> type : List.of(BreakingAgent.class, LoopFinder.class)) {
                String name = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (var in = type.getClassLoader().getResourceAsStream(name)) {
                    in.transferTo(out);
                }
            }
        }
        return "-javaagent:" + jar + "=" + order;
    }

    /** Called by the JVM before the program. */
    public static void premain(String order, Instrumentation instrumentation) {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(new LoopFinder());
        Thread waiting = new Thread(() -> obey(Path.of(order)), "breaking-agent");
        waiting.setDaemon(true);
        waiting.start();
    }

    private static void obey(Path order) {
        try {
            while (!Files.exists(order)) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            switch (Files.readString(order)) {
                case "end a loop" -> loop().shutdownGracefully(0, 0, TimeUnit.SECONDS);
                case "run out of memory in a task" ->
                    loop().execute(() -> {
                        throw new OutOfMemoryError("injected");
                    });
                case "fill the heap" -> fillTheHeap();
                case "hold a loop" -> loop().execute(BreakingAgent::waitForEver);
                case "end the agent" ->
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().equals("mempair-agent"))
                            .forEach(Thread::interrupt);
                default -> throw new AssertionError("no such order");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Keeps what it takes, and what it is thrown: nobody but the JVM hears of it. */
    private static void fillTheHeap() {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            try {
                kept.add(new byte[1 << 20]);
            } catch (OutOfMemoryError full) {
                kept.add(new byte[0]);
            }
        }
    }

    private static void waitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static EventLoop loop() {
        while (LOOP.get() == null) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return LOOP.get();
    }

    /** Remembers the loop on which something is logged. */
    public static final class LoopFinder extends TurboFilter {

        @Override
        public FilterReply decide(
                Marker marker, Logger logger, Level level, String format, Object[] params, Throwable thrown) {
            if (Thread.currentThread().getName().startsWith("mempair-loop-")
                    && ThreadExecutorMap.currentExecutor() instanceof EventLoop loop) {
                LOOP.compareAndSet(null, loop);
            }
            return FilterReply.NEUTRAL;
        }
    }
}
