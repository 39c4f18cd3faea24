package io.jspp.secondary;

import io.jspp.attach.AttachClient;
import io.jspp.config.ConfigKeys;
import io.jspp.config.ExitCode;
import io.jspp.config.Lcore;
import io.jspp.config.ProcessException;
import io.jspp.config.ProcessOptions;
import io.jspp.config.Termination;
import io.jspp.config.UsageException;
import io.jspp.control.ControlConnection;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.memory.CommittedBytes;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.patch.QueueMap;
import io.jspp.port.Attachment;
import io.jspp.port.PortContext;
import io.jspp.port.PortEvents;
import io.jspp.worker.IdleMode;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One nfv from its start to its end: attaches to the primary, starts its workers, resumes what the last process with its id left, obeys the
 * controller, and ends in reverse order. Runs on the main thread; commands run on the control connection's thread.
 */
final class NfvProcess {
    private static final Logger LOG = LoggerFactory.getLogger(NfvProcess.class);

    /** A controller that is there knows this process when it says that it is ready. */
    private static final long SAY_READY_MS = 1500;

    private final ProcessOptions options;
    private final NfvOptions own;
    private final Consumer<String> out;
    private final Termination termination = Termination.install();
    private final AtomicBoolean exiting = new AtomicBoolean();
    private final AtomicBoolean segmentLost = new AtomicBoolean();
    private final PortEvents events = new PortEvents();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** @param out takes lines for stdout: readiness, waiting, ignored words */
    NfvProcess(ProcessOptions options, NfvOptions own, Consumer<String> out) {
        this.options = options;
        this.own = own;
        this.out = out;
    }

    /** @return exit status */
    int run() throws Exception {
        if (!options.ignoredLine().isEmpty()) {
            out.accept(options.ignoredLine());
        }
        Thread main = Thread.currentThread();
        Thread interrupter = new Thread(() -> interruptWhenAsked(main), "termination");
        interrupter.setDaemon(true);
        interrupter.start();
        try {
            serve();
        } catch (InterruptedException e) {
            if (!termination.asked()) {
                throw e;
            }
        } finally {
            closeAll();
        }
        return segmentLost.get() ? ExitCode.FAILED : ExitCode.OK;
    }

    /** Waiting for a peer at start is the main thread's; a signal must end it. */
    private void interruptWhenAsked(Thread main) {
        try {
            termination.await();
            main.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() throws InterruptedException {
        open(options.runDirectory()::removeIfEmpty);
        AttachClient client = attach();
        SwitchSegment segment = open(SwitchSegment.attach(client.segment().duplicate()));
        CommittedBytes store = segment.clients().configuration(own.clientId());
        open(() -> forgetAfterExit(client, store));
        List<Lcore> lcores = workerLcores();
        QueueMap queueMap = queueMap(lcores);
        WorkerGroup workers = open(new WorkerGroup(makeWorkers(segment, lcores)));
        workers.start();
        PortTable ports = open(new PortTable(context(client, segment, workers)));
        PatchPanel panel = open(
                new PatchPanel(workers, ports, queueMap, options.configuration().integer(ConfigKeys.BURST)));
        DeviceList devices = new DeviceList(client, ports);
        devices.refresh();

        if (client.resumes()) {
            resume(store.read(), panel);
        }
        Runnable commit = () -> commit(store, panel, ports);
        Migrations migrations = open(new Migrations(panel, events, commit));
        NfvCommands commands = new NfvCommands(panel, devices, migrations, commit);
        NfvStatus status =
                new NfvStatus(own.clientId(), options.lcores(), lcores, workers, ports, panel, devices, events);
        ControlConnection control = open(new ControlConnection(
                own.clientId(), options.controller(), commands.table(status, this::exit), ports.typeNames(), out));
        control.start();
        if (options.waitSeconds() > 0 && !control.awaitConnected(options.waitSeconds(), TimeUnit.SECONDS)) {
            throw new ProcessException(
                    ExitCode.UNREACHABLE,
                    "waited " + options.waitSeconds() + " s for the controller at " + options.controller()
                            + ": start ./spp ctl, or check -s");
        }
        control.awaitConnected(SAY_READY_MS, TimeUnit.MILLISECONDS);
        out.accept("nfv " + own.clientId() + " ready: "
                + String.join(", ", lcores.stream().map(Lcore::toString).toList()) + ", controller "
                + options.controller() + ", primary pid " + client.primaryPid());
        termination.await();
    }

    /** After {@code exit} the next process with this id begins with nothing. */
    private void forgetAfterExit(AttachClient client, CommittedBytes store) {
        if (exiting.get()) {
            store.clear();
            client.forget();
        }
    }

    private PortContext context(AttachClient client, SwitchSegment segment, WorkerGroup workers) {
        int area = segment.clients().get(own.clientId()).counterArea();
        return new SecondaryContext(
                client,
                open(new ProcessCounters(segment, area)),
                new Attachment(segment, own.clientId(), client.epoch()),
                segment.keptRecords(own.clientId()),
                workers,
                events,
                options.socketDirectory(),
                options.configuration().mode(ConfigKeys.SOCK_MODE),
                options.socketGroup(),
                options.configuration().flag(ConfigKeys.VHOST_CLIENT),
                options.configuration().integer(ConfigKeys.VHOST_QUEUES),
                options.configuration().flag(ConfigKeys.VHOST_MEMORY_SLOTS));
    }

    private AttachClient attach() throws InterruptedException {
        AttachClient.Identity identity = new AttachClient.Identity(
                options.runDirectory().path().resolve(AttachClient.SOCKET_NAME),
                own.clientId(),
                "nfv",
                own.fresh(),
                options.waitSeconds());
        return open(AttachClient.attach(identity, out, () -> {
            segmentLost.set(true);
            LOG.error("a new primary runs on other memory: start this nfv again");
            termination.ask();
        }));
    }

    /** All lcores but the main one; a single lcore does both jobs. */
    private List<Lcore> workerLcores() {
        List<Lcore> lcores = options.lcores().workers();
        return lcores.isEmpty() ? List.of(options.lcores().main()) : lcores;
    }

    private QueueMap queueMap(List<Lcore> lcores) {
        try {
            return QueueMap.parse(
                    options.configuration().text(ConfigKeys.QUEUE_MAP),
                    lcores.stream().map(Lcore::id).toList());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private List<Worker> makeWorkers(SwitchSegment segment, List<Lcore> lcores) {
        int most = segment.geometry().workersPerClient();
        if (lcores.size() > most) {
            throw new ProcessException(
                    ExitCode.FAILED, lcores.size() + " lcores for workers: the primary's segment has room for " + most);
        }
        boolean busy = options.configuration().text(ConfigKeys.IDLE).equals("busy");
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < lcores.size(); i++) {
            Lcore lcore = lcores.get(i);
            workers.add(new Worker(
                    lcore.id(),
                    lcore.cpus(),
                    busy ? IdleMode.BUSY : IdleMode.ADAPTIVE,
                    new WorkerStatus(segment.workerRow(own.clientId(), i)),
                    System::nanoTime,
                    new FaultLog("lcore " + lcore.id(), System::nanoTime)));
        }
        return workers;
    }

    /** Takes up what the last process with this id committed; what can't be done any more is said and left out. */
    private void resume(byte[] bytes, PatchPanel panel) {
        if (bytes == null) {
            return;
        }
        StoredConfiguration stored = StoredConfiguration.ofBytes(bytes);
        stored.added().forEach(port -> attempt("add " + port, () -> panel.add(port)));
        stored.patches()
                .forEach(patch -> attempt("patch " + patch, () -> panel.patch(patch.source(), patch.destination())));
        if (stored.running()) {
            attempt("forward", panel::forward);
        }
        out.accept("resumed: " + stored.added().size() + " added ports, "
                + panel.patches().size() + " patches, " + (panel.running() ? "running" : "idling"));
    }

    private static void attempt(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("resume: {} not done: {}", what, e.getMessage());
        }
    }

    private static void commit(CommittedBytes store, PatchPanel panel, PortTable ports) {
        byte[] bytes = StoredConfiguration.of(panel, ports).toBytes(CommittedBytes.MAX_LENGTH);
        if (bytes.length <= CommittedBytes.MAX_LENGTH) {
            store.commit(bytes);
            return;
        }
        LOG.warn(
                "configuration of {} bytes, compressed, is too long to be kept (at most {}): the next nfv with this id resumes nothing",
                bytes.length,
                CommittedBytes.MAX_LENGTH);
        store.clear();
    }

    /** The {@code exit} command, after its reply. */
    private void exit() {
        exiting.set(true);
        termination.ask();
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Last opened first: no command, no packet, no port, no worker, no memory, no attachment. */
    private void closeAll() {
        Thread.interrupted(); // closing waits for threads; the interruption has done its job
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (Exception e) {
                LOG.error("close of {}: {}", resource.getClass().getSimpleName(), e.getMessage());
            }
        }
    }
}
