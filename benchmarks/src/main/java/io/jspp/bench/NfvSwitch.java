package io.jspp.bench;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our own switch: controller, primary and one or more nfv processes, started through {@code ./spp} and patched through its shell. */
final class NfvSwitch implements SwitchUnderTest {
    private final SppCluster cluster;
    private final List<SppProcess> workers = new ArrayList<>();

    /**
     * What to build.
     *
     * @param rings rings of the primary
     * @param devices values of {@code --vdev} for the primary, at least one
     * @param nfvs lines for the shell, one list per nfv process
     */
    record Layout(int rings, List<String> devices, List<List<String>> nfvs) {}

    NfvSwitch(BenchSetup setup, Layout layout) {
        cluster = new SppCluster("bench", System.getProperty("spp.launcher", "./spp"), line -> {});
        try {
            cluster.startController();
            List<String> devices = new ArrayList<>();
            for (String device : layout.devices()) {
                devices.addAll(List.of("--vdev", device));
            }
            String mask = Integer.toHexString((1 << layout.devices().size()) - 1);
            cluster.startPrimary(layout.rings(), "0x" + mask, devices.toArray(String[]::new));
            int id = 0;
            for (List<String> lines : layout.nfvs()) {
                workers.add(startNfv(setup, ++id));
                List<String> shell = new ArrayList<>();
                for (String line : lines) {
                    shell.add("nfv " + id + "; " + line);
                }
                shell.add("nfv " + id + "; forward");
                cluster.shell(shell.toArray(String[]::new));
            }
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private SppProcess startNfv(BenchSetup setup, int id) {
        List<String> words = new ArrayList<>(List.of("nfv", "-l", setup.generatorCpu() + "," + setup.deviceCpu()));
        words.addAll(List.of("--file-prefix", cluster.prefix(), "--"));
        words.addAll(List.of("-n", "" + id, "-s", "127.0.0.1:" + cluster.secondaryPort()));
        if (setup.busy()) {
            words.add("--busy");
        }
        return cluster.awaitReady(cluster.start("nfv" + id, words));
    }

    @Override
    public String name() {
        return "spp";
    }

    @Override
    public Path socket(int index) {
        return cluster.vhostSocket(index);
    }

    @Override
    public void resume() {
        signal(Constants.SIGCONT);
    }

    @Override
    public void pause() {
        signal(Constants.SIGSTOP);
    }

    private void signal(int signal) {
        for (SppProcess worker : workers) {
            Linux.kill((int) worker.pid(), signal);
        }
    }

    @Override
    public void close() {
        // A stopped process does not see SIGTERM.
        resume();
        cluster.close();
    }
}
