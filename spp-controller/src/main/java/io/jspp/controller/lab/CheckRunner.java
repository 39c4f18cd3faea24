package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Check;
import io.jspp.controller.qemu.QemuGuest;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a lab's checks, one after the other, and prints a line about each. */
final class CheckRunner {
    private static final Pattern RECEIVED = Pattern.compile("(\\d+) (?:packets )?received");
    private static final Pattern TTL = Pattern.compile("\\bttl=(\\d+)");
    private static final Pattern HOP = Pattern.compile("^\\s*\\d+\\s+(\\S+)", Pattern.MULTILINE);

    /** What Linux sends with. */
    private static final int FIRST_TTL = 64;

    private static final long PAUSE_NS = 200_000_000;

    private final Lab lab;
    private final LabDirectory directory;
    private final PrintStream out;

    CheckRunner(Lab lab, LabDirectory directory, PrintStream out) {
        this.lab = lab;
        this.directory = directory;
        this.out = out;
    }

    /** @return whether all are as they have to be */
    boolean run() {
        int failed = 0;
        for (Check check : lab.checks()) {
            long startNs = System.nanoTime();
            String wrong = within(check);
            double seconds = (System.nanoTime() - startNs) / 1e9;
            out.printf("%-6s %5.1f s  %s%n", wrong.isEmpty() ? "ok" : "FAILED", seconds, describe(check));
            if (!wrong.isEmpty()) {
                failed++;
                wrong.lines().forEach(line -> out.println("                 " + line));
            }
        }
        out.println(
                failed == 0
                        ? lab.checks().size() + " checks, all ok"
                        : failed + " of " + lab.checks().size() + " checks failed");
        return failed == 0;
    }

    /** Tries until it is right or the time is over: addresses may have to be resolved, ports to come up. */
    private String within(Check check) {
        long deadline = System.nanoTime() + check.limit().toNanos();
        try (NodeShell shell = NodeShell.open(directory, lab.node(check.from()))) {
            while (true) {
                Duration left = Duration.ofNanos(Math.max(1_000_000_000L, deadline - System.nanoTime()));
                String wrong = once(check, shell, left);
                if (wrong.isEmpty() || System.nanoTime() > deadline) {
                    return wrong;
                }
                LockSupport.parkNanos(PAUSE_NS); // what fails at once does so until the time is over
            }
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }

    private static String once(Check check, NodeShell shell, Duration limit) {
        if (check instanceof Lab.Ping ping) {
            return ping(ping, shell, limit);
        }
        if (check instanceof Lab.Route route) {
            return route(route, shell, limit);
        }
        Lab.Run run = (Lab.Run) check;
        QemuGuest.Result result = shell.run(run.line(), limit);
        boolean good =
                result.exitCode() == 0 && run.expect().matcher(result.output()).find();
        return good ? "" : "exit code " + result.exitCode() + ", output:\n" + result.output();
    }

    private static String ping(Lab.Ping ping, NodeShell shell, Duration limit) {
        int wait = ping.answered() == ping.count() ? 5 : 1;
        QemuGuest.Result result =
                shell.run("ping -n -c " + ping.count() + " -i 0.2 -W " + wait + " " + ping.address(), limit);
        Matcher received = RECEIVED.matcher(result.output());
        int answered = received.find() ? Integer.parseInt(received.group(1)) : -1;
        if (answered != ping.answered()) {
            return "answered: " + (answered < 0 ? "?" : answered) + " instead of " + ping.answered() + "\n"
                    + result.output();
        }
        Matcher ttl = TTL.matcher(result.output());
        while (ping.hops() >= 0 && ttl.find()) {
            int hops = FIRST_TTL - Integer.parseInt(ttl.group(1));
            if (hops != ping.hops()) {
                return "the answer passed " + hops + " routers instead of " + ping.hops() + "\n" + result.output();
            }
        }
        return "";
    }

    private static String route(Lab.Route route, NodeShell shell, Duration limit) {
        List<String> wanted = route.hops();
        QemuGuest.Result result = shell.run(
                "busybox traceroute -n -q 1 -w 3 -m " + wanted.size() + " " + wanted.get(wanted.size() - 1), limit);
        List<String> seen = new ArrayList<>();
        Matcher hop = HOP.matcher(result.output());
        while (hop.find()) {
            seen.add(hop.group(1));
        }
        return seen.equals(wanted)
                ? ""
                : "the way is " + (seen.isEmpty() ? "unknown" : String.join(" ", seen)) + "\n" + result.output();
    }

    private static String describe(Check check) {
        if (check instanceof Lab.Ping ping) {
            String how = ping.answered() == 0
                    ? "not answered"
                    : ping.answered() + " of " + ping.count() + " answered"
                            + (ping.hops() < 0 ? "" : ", through " + ping.hops() + " routers");
            return ping.from() + " pings " + ping.address() + ": " + how;
        }
        if (check instanceof Lab.Route route) {
            return route.from() + " goes through " + String.join(" ", route.hops());
        }
        return check.from() + " runs " + ((Lab.Run) check).line();
    }
}
