package io.jspp.primary;

import io.jspp.config.Lcore;
import io.jspp.config.ProcessOptions;
import io.jspp.control.CommandException;
import io.jspp.control.CommandTable;
import io.jspp.control.JsonWriter;
import io.jspp.control.Reply;
import io.jspp.linux.LinuxException;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.patch.PortTable;
import io.jspp.port.Attachment;
import io.jspp.port.PortEvents;
import io.jspp.port.PortId;
import io.jspp.runtime.DeviceList;
import io.jspp.runtime.PatchService;
import io.jspp.runtime.ProcessContext;
import io.jspp.runtime.ProcessCounters;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.runtime.ProcessWorkers;
import io.jspp.worker.WorkerGroup;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's own patch panel, on its lcores but the main one. Its claims are like a secondary's, of client id 0, and
 * what it committed is resumed by the next primary that adopts the segment. Made and closed on the main thread, commands run on the control
 * connection's.
 */
final class Forwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private final List<Lcore> lcores;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final DeviceList devices;
    private final PatchService patches;

    /** @param configuration of this process, a client of the registry already */
    Forwarder(ProcessOptions options, Registry registry, OwnConfiguration configuration) {
        lcores = options.lcores().workers();
        SwitchSegment segment = registry.segment();
        try {
            WorkerGroup workers = open(ProcessWorkers.make(options, segment, Registry.SELF, lcores));
            workers.start();
            ProcessCounters counters = open(new ProcessCounters(segment, Registry.PRIMARY_AREA));
            PortEvents events = new PortEvents();
            Attachment attachment = new Attachment(segment, Registry.SELF, registry.ownEpoch());
            PortTable ports = open(new PortTable(
                    ProcessContext.of(options, new OwnClaims(registry), counters, attachment, workers, events)));
            devices = new DeviceList(() -> registry.inspect(ClaimRegistry::deviceInfos), ports);
            devices.refresh();
            patches = open(new PatchService(
                    new ProcessRuntime(
                            Registry.SELF,
                            options,
                            lcores,
                            workers,
                            ports,
                            devices,
                            counters,
                            configuration.store(),
                            events),
                    configuration::commit));
            if (!configuration.resumed().isEmpty()) {
                LOG.info("forwarder resumed: {}", patches.resume(configuration.resumed()));
            }
            configuration.part(patches::configuration);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    List<Lcore> lcores() {
        return lcores;
    }

    CommandTable addTo(CommandTable table) {
        return patches.addTo(table);
    }

    /** {@code del} of a port that is no pipe. */
    Reply delete(PortId port) throws CommandException {
        return patches.change(() -> patches.panel().delete(port));
    }

    /** Devices or pipes were added. */
    void refresh() {
        devices.refresh();
    }

    /** A pipe that nobody uses is gone. */
    void forget(PortId pipe) {
        devices.forget(pipe);
    }

    /** {@code forwarder}, SPP's member. */
    void writeStatus(JsonWriter json) {
        json.name("forwarder").object();
        patches.writeState(json);
        patches.writePatches(json);
        json.endObject();
    }

    /** Workers, port states, counters. */
    void writeDetails(JsonWriter json) {
        patches.writeDetails(json);
    }

    /** Last opened first: no packet, no port, no worker, no claim. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (LinuxException | IllegalStateException e) {
                LOG.error("close of {}: {}", resource.getClass().getSimpleName(), e.getMessage());
            } catch (Exception e) {
                LOG.error("close of {}", resource.getClass().getSimpleName(), e);
            }
        }
    }
}
