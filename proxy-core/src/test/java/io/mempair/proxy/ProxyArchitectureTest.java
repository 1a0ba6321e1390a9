package io.mempair.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The rules of docs/design/architecture.md. */
class ProxyArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.mempair.proxy");

    @Test
    void theProtocolKnowsNothingOfOursAndOfNettyOnlyBuffers() {
        noClasses()
                .that()
                .resideInAPackage("io.mempair.proxy.protocol..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "io.mempair.proxy.protocol..",
                        "io.netty.buffer..",
                        "io.netty.util..",
                        "java.lang..",
                        "java.util..",
                        "java.nio.charset..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void theCoreIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.mempair.proxy.hash..",
                        "io.mempair.proxy.ring..",
                        "io.mempair.proxy.route..",
                        "io.mempair.proxy.health..",
                        "io.mempair.proxy.replication..",
                        "io.mempair.proxy.rebalance..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..",
                        "io.micrometer..",
                        "java.net..",
                        "java.io..",
                        "java.nio.channels..",
                        "org.slf4j..")
                .check(CLASSES);
    }

    @Test
    void nothingReadsAClockOrSleepsBehindTheLoopsBack() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class)
                .check(CLASSES);
    }

    @Test
    void nothingStartsProcesses() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String.class)
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.mempair.proxy.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
