package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.UsageException;
import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.yaml.YamlException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lab topo}: the shell's picture, in which each node is a frame around its ports. */
@Command(
        name = "topo",
        description =
                "Draws how a lab that is up is wired, each node as a frame around its ports: a tree on the terminal, or a"
                        + " file whose extension says the format (svg, png, dot, mmd and others: ./spp cli, help topo).")
final class TopoCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Option(names = "--lab", paramLabel = "LAB", description = "name or file; without: the only one that is up")
    private String given;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "to write; without: the terminal")
    private String file;

    @Override
    public Integer call() throws YamlException {
        if (file != null && file.matches(".*[\\s;\\p{Cntrl}].*")) {
            throw new UsageException("a file name without blanks and semicolons expected");
        }
        LabDirectory directory = LabTarget.running(given, LabMain.home());
        Lab lab = LabTarget.lab(directory);
        List<String> words = new ArrayList<>(
                List.of(LabMain.home().resolve("spp").toString(), "cli", "-b", LabTarget.restAddress(directory)));
        for (Node node : lab.nodes()) {
            List<String> ports = node.cards().stream().map(Card::port).toList();
            words.addAll(List.of("-c", "topo_subgraph add " + node.name() + " " + String.join(",", ports)));
        }
        words.addAll(List.of("-c", file == null ? "topo" : "topo " + file));
        try (SppProcess shell = SppProcess.start("cli", Map.of("SPP_NO_BUILD", "1"), words)) {
            int exit = shell.awaitExit(LIMIT);
            shell.out().stream()
                    .filter(line -> !line.startsWith("Add subgraph"))
                    .forEach(System.out::println);
            shell.err().forEach(System.err::println);
            return exit == 0 ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
