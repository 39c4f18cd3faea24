package io.jspp.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The dependency picture of docs/architecture.md: what may know what. Dependencies point down, and none in a circle. */
class ArchitectureTest {
    private static JavaClasses product;

    @BeforeAll
    static void importProduct() {
        product = new ClassFileImporter()
                .withImportOption(ArchitectureTest::isProduct)
                .importPackages("io.jspp");
        assertFalse(product.isEmpty());
    }

    private static boolean isProduct(Location location) {
        return !location.contains("-tests.jar") && !location.contains("/test-classes/");
    }

    /** Row: a package of spp-core and the other packages of ours that it may use; itself is always meant too. */
    @ParameterizedTest
    @CsvSource({
        "linux, ''",
        "state, ''",
        "memory, linux",
        "config, linux control",
        "ring, memory linux",
        "counters, memory linux",
        "net, memory linux",
        "virtio, memory linux state",
        "mbuf, memory linux ring counters net",
        "vhostuser, memory linux counters virtio net state",
        "control, linux",
        "flow, ''",
    })
    void shouldUseOnlyThePackagesBelow(String name, String below) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(below.split(" ")))
                .filter(part -> !part.isEmpty())
                .map(part -> "io.jspp." + part + "..")
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage("io.jspp." + name + "..")
                .should()
                .dependOnClassesThat(ours().and(not(resideInAnyPackage(allowed)))));
    }

    @Test
    void shouldHaveNoCircleOfPackages() {
        check(slices().matching("io.jspp.(**)").should().beFreeOfCycles());
    }

    @Test
    void shouldKeepPortTypesApart() {
        check(slices().matching("io.jspp.port.(*)..").should().notDependOnEachOther());
        check(noClasses()
                .that()
                .resideInAPackage("io.jspp.port")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.jspp.port.*.."));
    }

    @Test
    void shouldKeepComponentTypesApart() {
        check(slices().matching("io.jspp.secondary.component.(*)..").should().notDependOnEachOther());
    }

    @Test
    void shouldJoinVhostUserAndMbufsInTheVhostPortOnly() {
        check(noClasses()
                .that()
                .resideInAPackage("io.jspp..")
                .and()
                .resideOutsideOfPackages("io.jspp.port.vhost..", "io.jspp.vhostuser..", "io.jspp.frontend..")
                .and()
                .resideOutsideOfPackages("io.jspp.secondary.guest..", "io.jspp.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.jspp.vhostuser.."));
    }

    @Test
    void shouldKnowNoPortTypeInWorkersAndNoWorkerInPorts() {
        check(noClasses()
                .that()
                .resideInAPackage("io.jspp.worker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.jspp.port.*..", "io.jspp.control..", "io.jspp.vhostuser..", "io.jspp.virtio.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.jspp.port..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.jspp.worker..", "io.jspp.control..", "io.jspp.frontend.."));
    }

    @Test
    void shouldMakeSystemCallsInLinuxOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.jspp.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai.jffi.."));
    }

    @Test
    void shouldTouchRawMemoryInMemoryOnly() {
        check(classes()
                .that(type(UnsafeApi.class))
                .should()
                .onlyBeAccessed()
                .byAnyPackage("io.jspp.memory", "org.agrona.."));
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.jspp.memory")
                .should()
                .dependOnClassesThat(type(UnsafeApi.class).or(resideInAnyPackage("sun.misc..", "jdk.internal.."))));
    }

    @Test
    void shouldKeepProcessesApart() {
        List<String> processes = List.of("primary", "secondary", "controller");
        for (String process : processes) {
            String[] others = processes.stream()
                    .filter(other -> !other.equals(process))
                    .map(other -> "io.jspp." + other + "..")
                    .toArray(String[]::new);
            check(noClasses()
                    .that()
                    .resideOutsideOfPackages(others)
                    .and()
                    .resideInAPackage("io.jspp." + process + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others));
        }
    }

    @Test
    void shouldKeepTheDataPathOutOfTheController() {
        check(noClasses()
                .that()
                .resideInAPackage("io.jspp.controller..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.jspp.worker..",
                        "io.jspp.port..",
                        "io.jspp.mbuf..",
                        "io.jspp.ring..",
                        "io.jspp.virtio..",
                        "io.jspp.vhostuser..",
                        "io.jspp.frontend.."));
    }

    @Test
    void shouldUseInCoreOnlyTheLibrariesOfCore() {
        check(noClasses()
                .that(ours().and(not(resideInAnyPackage(
                        "io.jspp.primary..", "io.jspp.secondary..", "io.jspp.controller..", "io.jspp.bench.."))))
                .should()
                .dependOnClassesThat(not(ours().or(resideInAnyPackage(
                                "java..",
                                "jdk..",
                                "org.agrona..",
                                "org.jctools..",
                                "jnr..",
                                "net.openhft.chronicle.core..",
                                "org.slf4j..")))
                        .and(not(PRIMITIVE_OR_ARRAY))));
    }

    private static final DescribedPredicate<JavaClass> PRIMITIVE_OR_ARRAY = DescribedPredicate.describe(
            "a primitive type or an array", javaClass -> javaClass.isPrimitive() || javaClass.isArray());

    private static DescribedPredicate<JavaClass> ours() {
        return resideInAPackage("io.jspp..");
    }

    private static void check(ArchRule rule) {
        // A rule about a package that has no class yet holds.
        rule.allowEmptyShould(true).check(product);
    }
}
