package io.jspp.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
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
import io.jspp.port.PortEvents;
import java.util.Arrays;
import java.util.Date;
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
        "supervision, config",
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

    /**
     * Number 229 of the catalogue of bad inputs: a wall clock that jumps changes no time-out, since nobody asks it but who shows or records when a thing
     * happened.
     */
    @Test
    void shouldMeasureTimeWithTheMonotonicClockOnly() {
        check(noClasses()
                .that(not(type(PortEvents.class)
                        .or(simpleName("PcapTxQueue"))
                        .or(name("io.jspp.secondary.pcap.Session"))))
                .should()
                .callMethodWhere(
                        target(owner(resideInAPackage("java.time.."))).and(target(nameMatching("now|system.*"))))
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(Date.class));
    }

    /** Number 185: what goes wrong in one worker, session or command ends no process; each {@code main} ends its own, when it is done. */
    @Test
    void shouldEndAProcessInItsMainOnly() {
        check(noClasses()
                .that(not(simpleNameEndingWith("Main")
                        .or(simpleName("NetnsProbe"))
                        .or(simpleName("Termination"))))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class));
    }

    /** Number 165: no ring, pool or queue between processes has several producers, who would have to meet in a read-modify-write. */
    @Test
    void shouldShareNoWordThatSeveralWrite() {
        check(noClasses()
                .should()
                .callMethodWhere(target(owner(type(UnsafeApi.class)))
                        .and(target(nameMatching("(compareAnd|getAnd|weakCompareAnd).*")))));
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
