package io.jspp.secondary;

import io.jspp.attach.AttachClient;
import io.jspp.config.ExitCode;
import io.jspp.config.Lcore;
import io.jspp.config.ProcessException;
import io.jspp.config.ProcessOptions;
import io.jspp.config.Termination;
import io.jspp.control.ControlConnection;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.patch.PortTable;
import io.jspp.port.Attachment;
import io.jspp.port.PortEvents;
import io.jspp.runtime.ConfigurationStore;
import io.jspp.runtime.DeviceList;
import io.jspp.runtime.ProcessContext;
import io.jspp.runtime.ProcessCounters;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.runtime.ProcessWorkers;
import io.jspp.worker.WorkerGroup;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One secondary of any kind from its start to its end: attaches to the primary, starts its workers, resumes what the last process with its id left, obeys the
 * controller, and ends in reverse order. Runs on the main thread; commands run on the control connection's thread.
 */
final class SecondaryProcess {
    private static final Logger LOG = LoggerFactory.getLogger(SecondaryProcess.class);

    /** A controller that is there knows this process when it says that it is ready. */
    private static final long SAY_READY_MS = 1500;

    private final String name;
    private final Role.Opener opener;
    private final ProcessOptions options;
    private final SecondaryOptions own;
    private final Consumer<String> out;
    private final Termination termination = Termination.install();
    private final AtomicBoolean exiting = new AtomicBoolean();
    private final AtomicBoolean segmentLost = new AtomicBoolean();
    private final PortEvents events = new PortEvents();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * @param name of its kind: {@code nfv}, {@code vf}
     * @param out takes lines for stdout: readiness, waiting, ignored words
     */
    SecondaryProcess(
            String name, Role.Opener opener, ProcessOptions options, SecondaryOptions own, Consumer<String> out) {
        this.name = name;
        this.opener = opener;
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
        AttachClient client = attach();
        SwitchSegment segment = open(SwitchSegment.attach(client.segment().duplicate()));
        ConfigurationStore store = open(new ConfigurationStore(
                segment.clients().configuration(own.clientId()),
                options.runDirectory().path().resolve("client-" + own.clientId() + ".conf")));
        open(() -> forgetAfterExit(client, store));
        List<Lcore> lcores = opener.polled(workerLcores());
        WorkerGroup workers = open(ProcessWorkers.make(options, segment, own.clientId(), lcores));
        workers.start();
        ProcessCounters counters = open(new ProcessCounters(
                segment, segment.clients().get(own.clientId()).counterArea()));
        PortTable ports = open(new PortTable(ProcessContext.of(
                options, client, counters, new Attachment(segment, own.clientId(), client.epoch()), workers, events)));
        DeviceList devices = new DeviceList(client::devices, ports);
        devices.refresh();
        Role role = open(opener.open(
                new ProcessRuntime(own.clientId(), options, lcores, workers, ports, devices, counters, store, events)));

        String stored = client.resumes() ? store.read() : null;
        if (stored != null) {
            out.accept("resumed: " + role.resume(stored));
        }
        ControlConnection control = open(new ControlConnection(
                own.clientId(), options.controller(), role.commands(this::exit), ports.typeNames(), out));
        control.start();
        if (options.waitSeconds() > 0 && !control.awaitConnected(options.waitSeconds(), TimeUnit.SECONDS)) {
            throw new ProcessException(
                    ExitCode.UNREACHABLE,
                    "waited " + options.waitSeconds() + " s for the controller at " + options.controller()
                            + ": start ./spp ctl, or check -s");
        }
        control.awaitConnected(SAY_READY_MS, TimeUnit.MILLISECONDS);
        out.accept(name + " " + own.clientId() + " ready: "
                + String.join(", ", workerLcores().stream().map(Lcore::toString).toList()) + ", controller "
                + options.controller() + ", primary pid " + client.primaryPid());
        termination.await();
    }

    /** After {@code exit} the next process with this id begins with nothing. */
    private void forgetAfterExit(AttachClient client, ConfigurationStore store) {
        if (exiting.get()) {
            store.clear();
            client.forget();
        }
    }

    private AttachClient attach() throws InterruptedException {
        AttachClient.Identity identity = new AttachClient.Identity(
                options.runDirectory().path().resolve(AttachClient.SOCKET_NAME),
                own.clientId(),
                name,
                own.fresh(),
                options.waitSeconds());
        return open(AttachClient.attach(identity, out, () -> {
            segmentLost.set(true);
            LOG.error("a new primary runs on other memory: start this {} again", name);
            termination.ask();
        }));
    }

    /** All lcores but the main one; a single lcore does both jobs. */
    private List<Lcore> workerLcores() {
        List<Lcore> lcores = options.lcores().workers();
        return lcores.isEmpty() ? List.of(options.lcores().main()) : lcores;
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
