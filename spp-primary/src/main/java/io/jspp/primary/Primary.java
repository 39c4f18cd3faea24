package io.jspp.primary;

import io.jspp.attach.AttachClient;
import io.jspp.attach.ClientFile;
import io.jspp.attach.ProcessIdentity;
import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;
import io.jspp.config.ExitCode;
import io.jspp.config.Lcore;
import io.jspp.config.ProcessException;
import io.jspp.config.ProcessOptions;
import io.jspp.config.Termination;
import io.jspp.config.UsageException;
import io.jspp.control.ControlConnection;
import io.jspp.linux.LinuxException;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.port.DeviceType;
import io.jspp.port.PortId;
import io.jspp.port.PortType;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/**
 * The primary process from start to end: lock, devices, memory, attach socket, controller, in this order, and back in the reverse order. One
 * thread, {@code main}; the attach loop and the control connection have their own.
 */
final class Primary implements AutoCloseable {
    private final ProcessOptions options;
    private final PrimaryOptions own;
    private final Termination termination;
    private final PrintStream out;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Registry registry;
    private Forwarder forwarder;
    private PrimaryStatus status;
    private ControlConnection control;
    private volatile Throwable failure;

    Primary(ProcessOptions options, PrimaryOptions own, Termination termination, PrintStream out) {
        this.options = options;
        this.own = own;
        this.termination = termination;
        this.out = out;
    }

    /** Opens everything. {@link #close} undoes what was done, also after a failure. */
    void start() throws InterruptedException {
        String ignored = options.ignoredLine();
        if (!ignored.isEmpty()) {
            out.println(ignored);
        }
        opened.add(RunLock.take(options.runDirectory()));
        ClientFile clientFile = new ClientFile(options.runDirectory().path());
        List<ProcessIdentity> expected = clientFile.living();
        Map<String, DeviceType> deviceTypes = new HashMap<>();
        ServiceLoader.load(DeviceType.class).forEach(type -> deviceTypes.put(type.vdevPrefix(), type));
        Map<String, PortType> portTypes = new HashMap<>();
        ServiceLoader.load(PortType.class).forEach(type -> portTypes.put(type.name(), type));
        DeviceTable devices = DeviceTable.open(options.vdevs(), own, deviceTypes);
        opened.add(devices);
        devices.missing().forEach(port -> out.println(DeviceTable.missingText(port)));
        devices.all().forEach((port, device) -> device.notes().forEach(note -> out.println(port + ": " + note)));
        SegmentGeometry geometry = geometry(devices);
        registry = new Registry(clientFile, new ClaimRegistry(devices, portTypes));
        opened.add(registry::close);
        AttachLoop loop =
                new AttachLoop(options.runDirectory().path().resolve(AttachClient.SOCKET_NAME), registry, this::fail);
        opened.add(loop);
        loop.start();
        openMemory(expected, geometry);
        OwnConfiguration configuration =
                new OwnConfiguration(registry, options.runDirectory().path());
        opened.add(configuration);
        registry.inspect(claims -> {
            claims.resume(configuration.resumed().lines().toList());
            return null;
        });
        if (!own.displayStatistics() && !options.lcores().workers().isEmpty()) {
            forwarder = new Forwarder(options, registry, configuration);
            opened.add(forwarder);
        }
        configuration.part(() -> registry.inspect(ClaimRegistry::configuration));
        Launcher launcher = Launcher.of(options);
        opened.add(launcher);
        OwnConfiguration.Part launches = configuration.part(launcher::lines);
        launcher.takeOver(configuration.resumed().lines().toList(), registry::hasLeft, launches::commit);
        launches.commit();
        status = new PrimaryStatus(options.lcores(), registry, forwarder, launcher);
        control = new ControlConnection(
                0,
                options.controller(),
                new PrimaryCommands(registry, configuration, forwarder).table(status, launcher, () -> {
                    configuration.forget();
                    termination.ask();
                }),
                portTypes.keySet().stream().sorted().toList(),
                out::println);
        opened.add(control);
        sayReady(devices);
        control.start();
    }

    /** The attach loop can't go on: secondaries would wait for ever, so this process ends. Attach thread. */
    private void fail(Throwable cause) {
        failure = cause;
        termination.ask();
    }

    private SegmentGeometry geometry(DeviceTable devices) {
        Configuration c = options.configuration();
        int ports = devices.all().size() + devices.missing().size();
        int mbufs = c.integer(ConfigKeys.MBUF_COUNT);
        if (mbufs == 0) {
            mbufs = c.integer(ConfigKeys.MBUF_PER_PORT) * (own.rings() + ports);
        }
        int queues = devices.all().values().stream()
                        .mapToInt(d -> d.rxQueues() + d.txQueues())
                        .sum()
                + 2 * own.rings();
        SegmentGeometry standard = SegmentGeometry.of(own.rings(), c.integer(ConfigKeys.RING_SLOTS), mbufs);
        SegmentGeometry geometry = new SegmentGeometry(
                standard.rings(),
                standard.ringSlots(),
                mbufs,
                c.integer(ConfigKeys.MBUF_DATA),
                standard.clients(),
                standard.workersPerClient(),
                standard.counterAreas(),
                Math.max(standard.counterAreaBytes(), CounterSpace.bytes(queues)));
        long limitMiB = options.eal().memoryLimitMiB();
        if (limitMiB == 0) {
            return geometry;
        }
        try {
            return geometry.limitedTo(limitMiB << 20);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The memory of an earlier primary, when a living secondary brings it in time, else new memory. */
    private void openMemory(List<ProcessIdentity> expected, SegmentGeometry geometry) throws InterruptedException {
        if (!expected.isEmpty()) {
            int waitMs = options.configuration().integer(ConfigKeys.ADOPT_WAIT);
            out.println("waiting up to " + waitMs + " ms for " + expected.size()
                    + " secondaries of an earlier primary to bring its memory");
            if (registry.awaitAdoption(waitMs) != null) {
                sayAdopted(geometry);
                return;
            }
            out.println("none did: starting with new memory");
        }
        boolean huge = !options.configuration().text(ConfigKeys.HUGEPAGES).equals("never");
        try {
            SwitchSegment fresh =
                    SwitchSegment.create("spp-" + options.configuration().text(ConfigKeys.FILE_PREFIX), geometry, huge);
            if (options.configuration().text(ConfigKeys.HUGEPAGES).equals("always") && !fresh.hugePages()) {
                fresh.close();
                throw new ProcessException(
                        ExitCode.FAILED,
                        "not enough free hugepages for " + (geometry.bytes() >> 20)
                                + " MiB: raise /proc/sys/vm/nr_hugepages, or drop memory.hugepages=always");
            }
            if (!registry.use(fresh)) {
                fresh.close();
                out.println("a secondary brought the memory of the earlier primary after all");
                sayAdopted(geometry);
            }
        } catch (LinuxException e) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    "shared memory of " + (geometry.bytes() >> 20) + " MiB: " + e.getMessage()
                            + " (lower -n, --mbufs or -m, or free memory)",
                    e);
        }
    }

    private void sayAdopted(SegmentGeometry wanted) {
        SegmentGeometry found = registry.segment().geometry();
        if (found.rings() != wanted.rings() || found.mbufs() != wanted.mbufs()) {
            out.println("the memory of the earlier primary stays as it is: " + found.rings() + " rings and "
                    + found.mbufs() + " mbufs; other numbers need all secondaries to end first");
        }
    }

    private void sayReady(DeviceTable devices) {
        SwitchSegment segment = registry.segment();
        List<String> ports = new ArrayList<>();
        for (PortId port : devices.all().keySet()) {
            ports.add(port.toString());
        }
        ports.add("ring:0"
                + (segment.geometry().rings() > 1
                        ? "..ring:" + (segment.geometry().rings() - 1)
                        : ""));
        out.println("primary ready: " + String.join(", ", ports) + "; "
                + segment.pool().size() + " mbufs, "
                + (segment.bytes() >> 20) + " MiB" + (segment.hugePages() ? " in hugepages" : "") + "; "
                + options.lcores().main()
                + (forwarder == null
                        ? ""
                        : "; forwarder on "
                                + String.join(
                                        ", ",
                                        forwarder.lcores().stream()
                                                .map(Lcore::toString)
                                                .toList()))
                + "; run directory "
                + options.runDirectory().path());
        out.flush();
    }

    /** Runs until told to end. */
    void run(boolean terminal) throws InterruptedException {
        int wait = options.waitSeconds();
        if (wait > 0 && !control.awaitConnected(wait, TimeUnit.SECONDS) && !termination.asked()) {
            throw new ProcessException(
                    ExitCode.UNREACHABLE,
                    "waited " + wait + " s for the controller at " + options.controller()
                            + ": start ./spp ctl there, or correct -s");
        }
        if (own.displayStatistics()) {
            StatisticsScreen screen = new StatisticsScreen(status, out, terminal);
            do {
                screen.draw();
            } while (!termination.await(1, TimeUnit.SECONDS));
        }
        termination.await();
        if (failure != null) {
            throw new ProcessException(
                    ExitCode.FAILED, "the attach socket can't be served any more: " + failure, failure);
        }
    }

    /** Closes what was opened, in reverse order. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            } catch (Exception e) {
                first = first == null ? new ProcessException(ExitCode.FAILED, e.toString(), e) : first;
            }
        }
        opened.clear();
        if (first != null) {
            throw first;
        }
    }
}
