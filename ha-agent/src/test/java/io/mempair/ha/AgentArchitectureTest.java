package io.mempair.ha;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The dependency rules of {@code docs/design/architecture.md}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AgentArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.mempair.ha");

    @Test
    void theElectionDoesNotKnowHowItsDecisionsAreCarriedOut() {
        noClasses()
                .that()
                .resideInAnyPackage("io.mempair.ha.election..", "io.mempair.ha.handover..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.jgroups..",
                        "io.netty..",
                        "io.micrometer..",
                        "org.slf4j..",
                        "java.io..",
                        "java.net..",
                        "java.nio..",
                        "java.time..",
                        "java.util.concurrent..",
                        "io.mempair.proxy..",
                        "io.mempair.ha.agent..",
                        "io.mempair.ha.time..",
                        "io.mempair.ha.group..",
                        "io.mempair.ha.address..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CLASSES);
    }

    @Test
    void onlyTheGroupKnowsJGroups() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.mempair.ha.group..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jgroups..")
                .check(CLASSES);
    }

    @Test
    void onlyAddressAndCheckStartProcesses() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.mempair.ha.address..", "io.mempair.ha.check..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Process.class)
                .orShould()
                .callMethodWhere(target(name("exec")).and(target(owner(assignableTo(Runtime.class)))))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineKnowsPicocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.mempair.ha.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }

    @Test
    void nothingReadsTheClockBehindItsBack() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.mempair.ha.time..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(LockSupport.class, "parkNanos", long.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(Random.class)
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.mempair.ha.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
