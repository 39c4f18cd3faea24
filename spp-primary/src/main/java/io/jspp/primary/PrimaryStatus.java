package io.jspp.primary;

import io.jspp.config.LcoreMap;
import io.jspp.control.JsonWriter;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Mempool;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.port.Device;
import io.jspp.port.Direction;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.state.Cause;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The primary's {@code status}: SPP's members first, in SPP's order, then our own. Counters never go back in memory; {@code clear} remembers
 * where they stood. Control thread and statistics screen, guarded by the {@link Registry}.
 */
final class PrimaryStatus {
    private static final List<Direction> BOTH = List.of(Direction.values());

    private final LcoreMap lcores;
    private final Registry registry;
    private final Forwarder forwarder;
    private final Launcher launcher;
    private final Map<String, Long> baseline = new HashMap<>();

    /** @param forwarder null when there is none */
    PrimaryStatus(LcoreMap lcores, Registry registry, Forwarder forwarder, Launcher launcher) {
        this.lcores = lcores;
        this.registry = registry;
        this.forwarder = forwarder;
        this.launcher = launcher;
    }

    /** What a port moved since {@link #clear}: packets per direction, as seen by the switch, and what it could not take. */
    record PortCounts(long rx, long rxDrop, long tx, long txDrop) {}

    /** Counts of every device and ring, in the order of their names. */
    synchronized Map<PortId, PortCounts> counts() {
        return registry.inspect(claims -> {
            Map<PortId, PortCounts> counts = new java.util.TreeMap<>();
            for (ClaimKey key : claims.counters().keySet()) {
                counts.computeIfAbsent(key.port(), port -> portCounts(claims, port));
            }
            return counts;
        });
    }

    private PortCounts portCounts(ClaimRegistry claims, PortId port) {
        return new PortCounts(
                sum(claims, port, Direction.RX, "packets", QueueCounters::packets),
                sum(claims, port, Direction.RX, "drops", QueueCounters::drops),
                sum(claims, port, Direction.TX, "packets", QueueCounters::packets),
                sum(claims, port, Direction.TX, "drops", QueueCounters::drops));
    }

    private long sum(
            ClaimRegistry claims, PortId port, Direction direction, String what, ToLongFunction<QueueCounters> value) {
        long sum = 0;
        for (Map.Entry<ClaimKey, QueueCounters> entry : claims.counters().entrySet()) {
            ClaimKey key = entry.getKey();
            if (key.port().equals(port) && key.direction() == direction) {
                sum += value.applyAsLong(entry.getValue()) - baseline.getOrDefault(key.label() + what, 0L);
            }
        }
        return sum;
    }

    /** Sets all shown counters of devices and rings to 0. */
    synchronized void clear() {
        registry.inspect(claims -> {
            claims.counters().forEach((key, counters) -> {
                baseline.put(key.label() + "packets", counters.packets());
                baseline.put(key.label() + "drops", counters.drops());
            });
            return null;
        });
    }

    /** Writes the members of the status object. */
    void write(JsonWriter json) {
        Map<PortId, PortCounts> counts = counts();
        int[] ids = lcores.ids().stream().mapToInt(Integer::intValue).toArray();
        json.field("master-lcore", lcores.mainId()).field("lcores", ids);
        if (forwarder != null) {
            forwarder.writeStatus(json);
        }
        registry.inspect(claims -> {
            writePhysical(json, claims, counts);
            writeRings(json, counts);
            json.name("pipes").array();
            claims.pipes()
                    .all()
                    .forEach((id, pipe) -> json.object()
                            .field("id", id.index())
                            .field("rx", pipe.rx())
                            .field("tx", pipe.tx())
                            .endObject());
            json.endArray();
            writeOwn(json, claims, counts);
            return null;
        });
        launcher.write(json);
        if (forwarder != null) {
            forwarder.writeDetails(json);
        }
    }

    private static void writePhysical(JsonWriter json, ClaimRegistry claims, Map<PortId, PortCounts> counts) {
        json.name("phy_ports").array();
        claims.devices().all().forEach((port, device) -> {
            if (port.type().equals("phy")) {
                PortCounts c = counts.get(port);
                json.object()
                        .field("id", port.index())
                        .field("eth", device.macAddress())
                        .field("rx", c.rx)
                        .field("tx", c.tx)
                        .field("tx_drop", c.txDrop)
                        .name("nof_queues")
                        .object()
                        .field("rx", device.rxQueues())
                        .field("tx", device.txQueues())
                        .endObject()
                        .name("flow")
                        .array();
                FlowJson.write(json, claims.flows().of(port));
                json.endArray().endObject();
            }
        });
        json.endArray();
    }

    private static void writeRings(JsonWriter json, Map<PortId, PortCounts> counts) {
        json.name("ring_ports").array();
        counts.forEach((port, c) -> {
            if (port.type().equals("ring")) {
                json.object()
                        .field("id", port.index())
                        .field("rx", c.rx)
                        .field("rx_drop", c.rxDrop)
                        .field("tx", c.tx)
                        .field("tx_drop", c.txDrop)
                        .endObject();
            }
        });
        json.endArray();
    }

    private void writeOwn(JsonWriter json, ClaimRegistry claims, Map<PortId, PortCounts> counts) {
        json.field("pid", ProcessHandle.current().pid());
        json.field("lcore_map", lcores.lcores().stream().map(Object::toString).toList());
        SwitchSegment segment = registry.segment();
        Mempool.Count mbufs = segment.pool().count();
        json.name("mempool")
                .object()
                .field("size", segment.pool().size())
                .field("free", mbufs.free())
                .field("held", mbufs.held())
                .field("in_ring", mbufs.inRing())
                .field("in_return", mbufs.inReturn())
                .field("kernel", mbufs.kernel())
                .field("hugepages", segment.hugePages())
                .field("segment_bytes", segment.bytes())
                .endObject();
        writeDevices(json, claims, counts);
        writeRingHolders(json, claims);
        json.name("clients").array();
        for (Client client : registry.clients()) {
            json.object()
                    .field("id", client.id())
                    .field("type", client.type())
                    .field("pid", client.process().pid())
                    .field("epoch", client.epoch())
                    .field(
                            "state",
                            client.expected() ? "expected back" : client.connection() == null ? "lost" : "attached")
                    .field(
                            "claims",
                            claims.of(client).stream().map(ClaimKey::toString).toList())
                    .endObject();
        }
        json.endArray();
    }

    private static void writeDevices(JsonWriter json, ClaimRegistry claims, Map<PortId, PortCounts> counts) {
        json.name("devices").array();
        for (Map.Entry<PortId, Device> entry : claims.devices().all().entrySet()) {
            PortId port = entry.getKey();
            PortCounts c = counts.get(port);
            PortState state = entry.getValue().state();
            json.object()
                    .field("port", port.toString())
                    .field("state", state.toString())
                    .field("code", state.code())
                    .field("cause", state.cause())
                    .field("next", state.next())
                    .field("rx", c.rx)
                    .field("rx_drop", c.rxDrop)
                    .field("tx", c.tx)
                    .field("tx_drop", c.txDrop)
                    .endObject();
        }
        for (PortId port : claims.devices().missing()) {
            json.object()
                    .field("port", port.toString())
                    .field("state", "down (" + DeviceTable.missingText(port).replaceFirst("^[^:]+:[0-9]+: ", "") + ")")
                    .field("code", Cause.NO_DEVICE.code())
                    .endObject();
        }
        json.endArray();
    }

    private void writeRingHolders(JsonWriter json, ClaimRegistry claims) {
        json.name("rings").array();
        SwitchSegment segment = registry.segment();
        for (int ring = 0; ring < segment.geometry().rings(); ring++) {
            json.object()
                    .field("port", "ring:" + ring)
                    .field("packets", segment.ring(ring).ring().size());
            for (Direction direction : BOTH) {
                ClaimKey key = new ClaimKey(new PortId("ring", ring), 0, direction);
                json.field(
                        direction.word() + "_claim",
                        claims.holder(key).map(Client::toString).orElse(null));
            }
            json.endObject();
        }
        json.endArray();
    }
}
