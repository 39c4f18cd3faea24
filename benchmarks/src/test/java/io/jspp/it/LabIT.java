package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.RunDirectory;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The six-network lab as users run it, and that nothing of a lab is left however it ends. */
@Tag("system")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.NET_RAW, Need.IP, Need.PING, Need.BUSYBOX})
class LabIT {
    private static final String NAME = "six-networks";
    private static final Duration LIMIT = Duration.ofSeconds(200);

    /** A copy of the lab under a name that nobody else uses on this machine. */
    private final String name = "six-" + ProcessHandle.current().pid();

    private final Set<String> ran = new LinkedHashSet<>();

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void copyTheLab() throws IOException {
        file = directory.resolve(name + ".yaml");
        Path lab = ProjectHome.directory().resolve("conf/labs/" + NAME + ".yaml");
        Files.writeString(file, Files.readString(lab).replace("name: " + NAME, "name: " + name));
    }

    @AfterEach
    void endWhatAFailedTestHasLeft() {
        lab("down", name);
    }

    @Test
    void shouldCarryPacketsThroughSixNetworksAndLeaveNothing() throws IOException {
        SppProcess up = lab("up", file.toString(), "--variant", "namespaces");
        assertEquals(0, up.awaitExit(LIMIT), up.tail());
        assertEquals(List.of(), up.err());
        assertTrue(contains(up, "h2 +namespace +eth0 +10.20.60.2/24 +phy:11 +up"), up.tail());

        SppProcess again = lab("up", file.toString(), "--variant", "namespaces");
        assertEquals(1, again.awaitExit(LIMIT));
        assertTrue(again.err().get(0).contains("lab " + name + " is up already"), again.tail());

        SppProcess check = lab("check", name);
        assertEquals(0, check.awaitExit(LIMIT), check.tail());
        assertTrue(contains(check, "h1 goes through 10.20.10.1 10.20.20.2 10.20.40.1 10.20.60.2"), check.tail());
        assertTrue(contains(check, "^8 checks, all ok"), check.tail());

        SppProcess ping = lab("exec", "--lab", name, "h1", "ping", "-c", "3", "10.20.60.2");
        assertEquals(0, ping.awaitExit(LIMIT), ping.tail());
        assertTrue(contains(ping, "3 received"), ping.tail());
        assertEquals(7, lab("exec", "--lab", name, "rt2", "exit 7").awaitExit(LIMIT));

        Path picture = directory.resolve(NAME + ".svg");
        assertEquals(0, lab("topo", "--lab", name, picture.toString()).awaitExit(LIMIT));
        String svg = Files.readString(picture);
        for (String shown : List.of("rt1", "rt4", "htest", "br1", "br6", "phy:13")) {
            assertTrue(svg.contains(">" + shown + "<"), shown + " is not in the picture");
        }
        SppProcess status = lab("status", name);
        assertEquals(0, status.awaitExit(LIMIT), status.tail());

        SppProcess down = lab("down", name);
        assertEquals(0, down.awaitExit(LIMIT), down.tail());
        assertEquals(List.of("lab " + name + " is down"), down.out());
        assertNothingIsLeft(up);
        SppProcess downAgain = lab("down", name);
        assertEquals(0, downAgain.awaitExit(LIMIT), downAgain.tail());
        assertEquals(List.of("lab " + name + " is not up"), downAgain.out());
        assertTrue(ran.containsAll(documented()), "docs/labs.md shows what ran nowhere: " + documented() + ", " + ran);
    }

    @Test
    void shouldEndWhatAFailedOrKilledStartBegan() throws IOException {
        Files.writeString(
                file, Files.readString(file).replace("vf 1; component start br6 1 bridge", "vf 1; drink tea"));
        SppProcess failed = lab("up", file.toString(), "--variant", "namespaces");
        assertEquals(1, failed.awaitExit(LIMIT), failed.tail());
        assertTrue(String.join("\n", failed.err()).contains("can't be started"), failed.tail());
        assertTrue(String.join("\n", failed.err()).contains("drink"), failed.tail());
        assertNothingIsLeft(failed);

        SppProcess killed = lab("up", file.toString(), "--variant", "namespaces");
        killed.awaitLine(Pattern.compile("\\$ ./spp primary"), LIMIT);
        killed.kill();
        assertFalse(processes().isEmpty());
        SppProcess down = lab("down", name);
        assertEquals(0, down.awaitExit(LIMIT), down.tail());
        assertNothingIsLeft(killed);

        Files.writeString(file, Files.readString(file).replace("primary:", "primery:"));
        SppProcess refused = lab("up", file.toString());
        assertEquals(2, refused.awaitExit(LIMIT));
        assertTrue(refused.err().get(0).matches("spp lab: .*:[0-9]+: there is no key \"primery\".*"), refused.tail());
    }

    /** All of it as virtual machines. */
    @Tag("long")
    @Requires({Need.QEMU, Need.GUEST_KERNEL})
    @Test
    void shouldCarryPacketsThroughSevenGuests() throws IOException {
        SppProcess up = lab("up", file.toString());
        assertEquals(0, up.awaitExit(LIMIT), up.tail());
        assertTrue(contains(up, "h2 +vm +eth0 +10.20.60.2/24 +vhost:11 +up"), up.tail());
        SppProcess check = lab("check", name);
        assertEquals(0, check.awaitExit(LIMIT), check.tail());
        SppProcess ping = lab("exec", "--lab", name, "h1", "ping", "-c", "3", "10.20.60.2");
        assertEquals(0, ping.awaitExit(LIMIT), ping.tail());
        assertTrue(contains(ping, "3 packets received"), ping.tail());
        assertEquals(7, lab("exec", "--lab", name, "rt2", "exit 7").awaitExit(LIMIT));
        SppProcess endless = lab("exec", "--lab", name, "--limit", "2", "rt2", "echo it\\'s; sleep 1000 | cat");
        assertEquals(124, endless.awaitExit(LIMIT), endless.tail());
        assertTrue(contains(endless, "^it's$"), endless.tail());
        SppProcess free = lab("exec", "--lab", name, "rt2", "ps | grep -c [s]leep.1000");
        assertEquals(1, free.awaitExit(LIMIT), free.tail());
        SppProcess down = lab("down", name);
        assertEquals(0, down.awaitExit(LIMIT), down.tail());
        assertEquals(List.of("lab " + name + " is down"), down.out());
        assertNothingIsLeft(up);
    }

    /** Runs to its end unless the caller kills it; remembered as the page shows it. */
    private SppProcess lab(String... words) {
        List<String> command = new ArrayList<>(List.of(ProjectHome.launcher().toString(), "lab"));
        command.addAll(List.of(words));
        ran.add(("./spp lab " + String.join(" ", words))
                .replace(file.toString(), NAME)
                .replace(directory + "/", "")
                .replace(name, NAME));
        SppProcess process = SppProcess.start("lab " + words[0], Map.of(), command);
        if (!words[0].equals("up")) {
            process.awaitExit(LIMIT);
        }
        return process;
    }

    private static boolean contains(SppProcess process, String pattern) {
        return process.out().stream()
                .anyMatch(line -> Pattern.compile(pattern).matcher(line).find());
    }

    /** Commands of the page's first session. */
    private static List<String> documented() throws IOException {
        Matcher session = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ProjectHome.directory().resolve("docs/labs.md")));
        assertTrue(session.find());
        return session.group(1)
                .lines()
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2))
                .toList();
    }

    private void assertNothingIsLeft(SppProcess up) throws IOException {
        assertEquals(List.of(), processes());
        assertFalse(Files.exists(labDirectory()), labDirectory() + " is left");
        SppProcess links = SppProcess.start("ip", Map.of(), List.of("ip", "-o", "link"));
        assertEquals(0, links.awaitExit(LIMIT));
        // Named after the number of who made them; other labs may be up meanwhile.
        String mine = "[0-9]+: lab" + Long.toString(up.pid(), Character.MAX_RADIX) + "[pt][0-9]+[@:].*";
        assertTrue(links.out().stream().noneMatch(line -> line.matches(mine)), links.tail());
    }

    private Path labDirectory() {
        return RunDirectory.expected("", "lab-" + name, System.getenv());
    }

    /** Whatever carries the lab's mark, guests and holders of namespaces too. */
    private List<String> processes() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                if (environment(process).contains("SPP_LAB=" + labDirectory() + "/lab")) {
                    found.add(process.toString());
                }
            }
        }
        return found;
    }

    private static List<String> environment(Path process) {
        try {
            byte[] bytes = Files.readAllBytes(process.resolve("environ"));
            return Arrays.asList(new String(bytes, StandardCharsets.ISO_8859_1).split("\0"));
        } catch (IOException e) {
            return List.of(); // ended meanwhile
        }
    }
}
