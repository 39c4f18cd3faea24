package io.jspp.primary;

import io.jspp.attach.AttachClient;
import io.jspp.attach.AttachException;
import io.jspp.attach.AttachMessage;
import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.PoolRing;
import io.jspp.mbuf.Reaper;
import io.jspp.mbuf.RingClaims;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.port.Claims.Grant;
import io.jspp.port.Device;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortType;
import io.jspp.runtime.ConfigurationStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may use which direction of which queue. Claims of rings are words in the segment and survive this process; those of devices and other
 * ports live here, and their holders name them to the next primary. Guarded by the {@link Registry}.
 */
final class ClaimRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimRegistry.class);

    private final DeviceTable devices;
    private final Map<String, PortType> portTypes;
    private final Pipes pipes = new Pipes();
    private final FlowTable flows;
    private final Map<ClaimKey, Client> holders = new LinkedHashMap<>();
    private final Map<ClaimKey, QueueCounters> counters = new HashMap<>();
    private final Map<Integer, FileDescriptor> eventfds = new TreeMap<>();
    private SwitchSegment segment;
    private CounterAllocator counterArea;
    private RingClaims ringClaims;
    private Reaper reaper;

    /** @param portTypes what secondaries can open by themselves, by name */
    ClaimRegistry(DeviceTable devices, Map<String, PortType> portTypes) {
        this.devices = devices;
        flows = new FlowTable(devices);
        this.portTypes = portTypes;
    }

    /** Works with this segment from now on. */
    void use(SwitchSegment newSegment, CounterAllocator newCounters) {
        segment = newSegment;
        counterArea = newCounters;
        ringClaims = new RingClaims(segment);
        reaper = new Reaper(segment);
        counters.clear();
        for (int ring = 0; ring < segment.geometry().rings(); ring++) {
            for (Direction direction : Direction.values()) {
                count(new ClaimKey(new PortId("ring", ring), 0, direction));
            }
        }
        devices.all().forEach((port, device) -> {
            for (int q = 0; q < device.rxQueues(); q++) {
                count(new ClaimKey(port, q, Direction.RX));
            }
            for (int q = 0; q < device.txQueues(); q++) {
                count(new ClaimKey(port, q, Direction.TX));
            }
        });
    }

    private void count(ClaimKey key) {
        counters.put(key, new QueueCounters(counterArea, key.label()));
    }

    /**
     * Learns the claims of an earlier primary's clients from the segment, and ends those of clients that are gone.
     *
     * @return mbufs reclaimed
     */
    int adopt(Map<Integer, Client> clients) {
        int reclaimed = reaper.recover((ring, tx, claim) -> {
            Client client = clients.get(claim.client());
            return client != null && client.epoch() == claim.epoch();
        });
        for (int ring = 0; ring < segment.geometry().rings(); ring++) {
            adoptEnd(clients, ring, Direction.TX, segment.ring(ring).txClaim());
            adoptEnd(clients, ring, Direction.RX, segment.ring(ring).rxClaim());
        }
        return reclaimed;
    }

    private void adoptEnd(Map<Integer, Client> clients, int ring, Direction direction, PoolRing.Claim claim) {
        if (claim != null) {
            holders.put(new ClaimKey(new PortId("ring", ring), 0, direction), clients.get(claim.client()));
        }
    }

    /**
     * Grants a claim.
     *
     * @param othersMayReturn true while clients of an earlier primary, whose claims aren't all known, may still come back
     */
    Answer claim(Client client, ClaimKey key, boolean othersMayReturn) throws AttachException {
        Client holder = holders.get(key);
        if (holder != null) {
            throw new AttachException(
                    AttachException.BUSY,
                    key + " is in use by " + holder
                            + (holder == client ? ", that is this process" : ": take it out of its patches first"));
        }
        Grant grant;
        boolean ours = false;
        if (key.isRing()) {
            grant = claimRing(client, key);
            ours = true;
        } else if (othersMayReturn) {
            throw new AttachException(
                    AttachException.AGAIN, key + ": the primary was started again and waits for its other secondaries");
        } else {
            requireSoleUser(client, key);
            grant = open(key);
        }
        holders.put(key, client);
        LOG.debug("{} claims {}", client, key);
        return new Answer(AttachMessage.of("ok").with(grant.attributes()), grant.fds(), ours);
    }

    private Grant claimRing(Client client, ClaimKey key) throws AttachException {
        int ring = key.port().index();
        int rings = segment.geometry().rings();
        if (ring >= rings || key.queue() != 0) {
            throw new AttachException(
                    AttachException.ABSENT,
                    key + ": the primary has ring:0..ring:" + (rings - 1) + " with one queue each (its option -n)");
        }
        if (!eventfds.containsKey(ring)) {
            Client other = holders.get(key.otherEnd());
            if (other != null) {
                throw new AttachException(
                        AttachException.AGAIN,
                        key + ": " + other + ", which holds the other end, has not come back to the new primary yet");
            }
            eventfds.put(ring, Linux.eventfd());
        }
        RingClaims.Outcome outcome = ringClaims.claim(ring, key.isTx(), client.id(), client.epoch(), 0);
        if (!outcome.granted()) {
            throw new AttachException(
                    AttachException.BUSY,
                    key + " is in use by client " + outcome.holder().client());
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("eventfd", "0");
        facts.put("leased", Integer.toString(outcome.leased()));
        return new Grant(List.of(eventfds.get(ring)), facts);
    }

    private void requireSoleUser(Client client, ClaimKey key) throws AttachException {
        Device device = devices.find(key.port());
        if (device == null || !device.exclusive()) {
            return;
        }
        for (Map.Entry<ClaimKey, Client> held : holders.entrySet()) {
            if (held.getKey().port().equals(key.port()) && held.getValue() != client) {
                throw new AttachException(
                        AttachException.BUSY,
                        key + ": " + held.getValue() + " has " + held.getKey()
                                + ", and one process must have all of this port: take it out of its patches first");
            }
        }
    }

    private Grant open(ClaimKey key) throws AttachException {
        int ring = pipes.ring(key.port(), key.direction());
        if (ring >= 0 && key.queue() == 0) {
            return new Grant(List.of(), Map.of("ring", Integer.toString(ring)));
        }
        Device device = devices.find(key.port());
        if (device == null) {
            PortType type = portTypes.get(key.port().type());
            if (type != null && type.addable()) {
                return new Grant(List.of(), Map.of());
            }
            throw new AttachException(
                    AttachException.ABSENT,
                    key.port().type().equals(Pipes.TYPE)
                            ? key + ": no such pipe, pri; add " + key.port() + " ring:A ring:B makes one"
                            : DeviceTable.missingText(key.port()));
        }
        int queues = key.isTx() ? device.txQueues() : device.rxQueues();
        if (key.queue() >= queues) {
            throw new AttachException(
                    AttachException.ABSENT,
                    key + ": the device has " + queues + " " + key.direction().word() + " queues");
        }
        try {
            return device.open(key.queue(), key.direction());
        } catch (PortException e) {
            throw new AttachException(AttachException.FAILED, e.getMessage(), e);
        }
    }

    /** Ends a claim of a living client; nothing when it has none. */
    void release(Client client, ClaimKey key) {
        if (holders.remove(key, client)) {
            if (key.isRing()) {
                reaper.reap(key.port().index(), key.isTx());
            }
            tellDevice(key);
        }
    }

    /**
     * Ends everything a client held.
     *
     * @return what that was, for the log; empty when it was nothing
     */
    String reap(int clientId) {
        List<String> ended = new ArrayList<>();
        int mbufs = 0;
        for (ClaimKey key : List.copyOf(holders.keySet())) {
            if (holders.get(key).id() == clientId) {
                if (key.isRing()) {
                    mbufs += reaper.reap(key.port().index(), key.isTx());
                }
                holders.remove(key);
                tellDevice(key);
                ended.add(key.toString());
            }
        }
        return ended.isEmpty() ? "" : String.join(", ", ended) + " released, " + mbufs + " mbufs back in the pool";
    }

    private void tellDevice(ClaimKey key) {
        Device device = devices.find(key.port());
        if (device != null) {
            device.released(key.queue(), key.direction());
        }
    }

    /**
     * A client is back with what it holds.
     *
     * @param listed its claims
     * @param ports of the offered eventfds, in order
     */
    void takeBack(Client client, List<ClaimKey> listed, List<String> ports, List<FileDescriptor> offered) {
        for (int i = 0; i < Math.min(ports.size(), offered.size()); i++) {
            if (ports.get(i).matches("ring:[0-9]{1,4}")) {
                int ring = PortId.parse(ports.get(i)).index();
                if (ring < segment.geometry().rings() && !eventfds.containsKey(ring)) {
                    eventfds.put(ring, offered.get(i).duplicate());
                }
            }
        }
        for (ClaimKey key : List.copyOf(holders.keySet())) {
            if (holders.get(key) == client && !listed.contains(key)) {
                release(client, key);
            }
        }
        for (ClaimKey key : listed) {
            Client holder = holders.putIfAbsent(key, client);
            if (holder == null && key.isRing()) {
                holders.remove(key);
                LOG.warn("{} believes to hold {}, the segment says that nobody does", client, key);
            } else if (holder != null && holder != client) {
                LOG.warn("{} believes to hold {}, but {} does", client, key, holder);
            }
        }
    }

    /** Frees mbufs that were sent home to rings without a producer. */
    void sweep() {
        for (int ring = 0; ring < segment.geometry().rings(); ring++) {
            PoolRing poolRing = segment.ring(ring);
            if (poolRing.txClaim() == null && poolRing.returns().size() > 0) {
                reaper.sweep(ring);
            }
        }
    }

    /** What a client learns of every device and pipe. */
    List<AttachClient.DeviceInfo> deviceInfos() {
        List<AttachClient.DeviceInfo> infos = new ArrayList<>();
        devices.all()
                .forEach((port, device) -> infos.add(
                        new AttachClient.DeviceInfo(port, device.rxQueues(), device.txQueues(), device.macAddress())));
        pipes.all().keySet().forEach(port -> infos.add(new AttachClient.DeviceInfo(port, 1, 1, Device.NO_ADDRESS)));
        return infos;
    }

    /** {@code phy:0=RXQUEUES/TXQUEUES/MAC} for every device and pipe. */
    Map<String, String> deviceFacts() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (AttachClient.DeviceInfo device : deviceInfos()) {
            facts.put(
                    device.port().toString(), device.rxQueues() + "/" + device.txQueues() + "/" + device.macAddress());
        }
        return facts;
    }

    /** Claims of a client, in the order they were made. */
    List<ClaimKey> of(Client client) {
        return holders.entrySet().stream()
                .filter(e -> e.getValue() == client)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Who holds a claim. */
    Optional<Client> holder(ClaimKey key) {
        return Optional.ofNullable(holders.get(key));
    }

    /** Takes up what an earlier primary committed of {@link #configuration}; what can't be done any more is logged and left out. */
    void resume(List<String> lines) {
        lines.forEach(line -> ConfigurationStore.attempt(line, () -> {
            pipes.resume(line, segment.geometry().rings());
            flows.resume(line);
        }));
    }

    /** Lines for {@link #resume}. */
    String configuration() {
        StringBuilder text = new StringBuilder();
        pipes.lines().forEach(line -> text.append(line).append('\n'));
        flows.lines().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    FlowTable flows() {
        return flows;
    }

    Pipes pipes() {
        return pipes;
    }

    /** Joins two rings to a port. */
    void addPipe(PortId id, PortId rx, PortId tx) {
        pipes.add(id, rx, tx, segment.geometry().rings());
    }

    /** @throws PortException when it isn't there, or a claim uses it */
    void deletePipe(PortId id) {
        for (Map.Entry<ClaimKey, Client> held : holders.entrySet()) {
            if (held.getKey().port().equals(id)) {
                throw new PortException("del " + id + ": " + held.getKey() + " is in use by " + held.getValue()
                        + ": take it out of its patches first");
            }
        }
        pipes.delete(id);
    }

    DeviceTable devices() {
        return devices;
    }

    /** Counters of the queues of devices and rings; they count on when the holder of the claim changes. */
    Map<ClaimKey, QueueCounters> counters() {
        return counters;
    }

    void close() {
        eventfds.values().forEach(FileDescriptor::close);
        eventfds.clear();
        holders.clear();
    }
}
