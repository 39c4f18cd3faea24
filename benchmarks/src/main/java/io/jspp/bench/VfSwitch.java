package io.jspp.bench;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A vf with one worker between two guests, started through {@code ./spp} and arranged through its shell: a chain of components that are joined by
 * rings, or one of them alone. It is one process for all arrangements, so that they share what its compiler knows.
 */
final class VfSwitch implements SwitchUnderTest {
    private static final String GUEST = "52:54:00:00:00:02";

    /** What lies between vhost:0 and vhost:1. */
    enum Arrangement {
        CHAIN("chain"),
        CLASSIFIER("classifier"),
        FORWARD("forward"),
        MERGE("merge");

        private final String text;

        Arrangement(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final SppCluster cluster;
    private final SppProcess vf;
    private final int lcore;

    VfSwitch(BenchSetup setup) {
        lcore = setup.deviceCpu();
        cluster = new SppCluster("bench", System.getProperty("spp.launcher", "./spp"), line -> {});
        try {
            cluster.startController();
            cluster.startPrimary(2, "0x1", "--vdev", "net_null0");
            String lcores = setup.generatorCpu() + "," + setup.deviceCpu();
            vf = setup.busy()
                    ? cluster.startSecondary("vf", 1, lcores, "--busy")
                    : cluster.startSecondary("vf", 1, lcores);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Replaces what is there; the guests' sockets are new ones then. */
    void arrange(Arrangement next) {
        List<String> lines = new ArrayList<>();
        for (String name : List.of("classifier", "forward", "merge")) {
            lines.add("component stop " + name);
        }
        if (next == Arrangement.CHAIN) {
            add(lines, "classifier", "vhost:0", "ring:0");
            add(lines, "forward", "ring:0", "ring:1");
            add(lines, "merge", "ring:1", "vhost:1");
        } else {
            add(lines, next.toString(), "vhost:0", "vhost:1");
        }
        cluster.shell(lines.stream().map(line -> "vf 1; " + line).toArray(String[]::new));
    }

    private void add(List<String> lines, String type, String from, String to) {
        lines.add("component start " + type + " " + lcore + " " + type);
        lines.add("port add " + from + " rx " + type);
        lines.add("port add " + to + " tx " + type);
        if (type.equals("classifier")) {
            lines.add("classifier_table add mac " + GUEST + " " + to);
        }
    }

    @Override
    public String name() {
        return "spp vf";
    }

    @Override
    public Path socket(int index) {
        return cluster.vhostSocket(index);
    }

    @Override
    public void resume() {
        Linux.kill((int) vf.pid(), Constants.SIGCONT);
    }

    @Override
    public void pause() {
        Linux.kill((int) vf.pid(), Constants.SIGSTOP);
    }

    @Override
    public void close() {
        cluster.close();
    }
}
