package io.jspp.controller.doctor;

import io.jspp.config.ExitCode;
import io.jspp.controller.main.MainCommand;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code ./spp doctor}: looks at the machine and names next steps. Exit code 1 when the product can't run here. */
@Command(
        name = "spp doctor",
        description = "Looks at this machine: what works, what needs more, and the next step for each.")
public final class DoctorMain extends MainCommand {
    public static void main(String[] arguments) {
        System.exit(new DoctorMain().run(arguments));
    }

    @Override
    public Integer call() {
        List<Finding> findings = Checks.all();
        for (Finding finding : findings) {
            String next = finding.next().isEmpty() ? "" : " -> " + finding.next();
            System.out.printf(
                    "%-5s %-20s %s%s%n",
                    finding.grade().name().toLowerCase(Locale.ROOT), finding.subject(), finding.fact(), next);
        }
        boolean able = findings.stream().noneMatch(finding -> finding.grade() == Finding.Grade.FAIL);
        System.out.println(able ? "spp runs here: ./spp demo" : "spp can't run here: see the lines that say fail");
        return able ? ExitCode.OK : ExitCode.FAILED;
    }
}
