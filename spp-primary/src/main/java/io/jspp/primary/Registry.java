package io.jspp.primary;

import io.jspp.attach.AttachClient;
import io.jspp.attach.AttachConnection;
import io.jspp.attach.AttachException;
import io.jspp.attach.AttachMessage;
import io.jspp.attach.ClientFile;
import io.jspp.attach.ProcessIdentity;
import io.jspp.control.CommandException;
import io.jspp.counters.CounterArea;
import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.memory.ClientTable;
import io.jspp.memory.CommittedBytes;
import io.jspp.memory.SegmentException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is attached and what each holds: client ids and claims. The attach loop brings requests and deaths, the control thread asks for the
 * status; every method holds the one lock. What must survive this process lies in the segment.
 */
final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    /** A process that closed its connection and goes on is ended after this long. */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(1);
    /** How long claims wait for processes that attached to an earlier primary. */
    private static final long RETURN_NS = TimeUnit.SECONDS.toNanos(5);

    /** Counters of devices and rings. */
    static final int PRIMARY_AREA = 0;
    /** Client id of this process. */
    static final int SELF = 0;

    private final ClientFile clientFile;
    private final Map<Integer, Client> clients = new TreeMap<>();
    private final Map<Integer, ProcessIdentity> left = new HashMap<>();
    private final ClaimRegistry claims;
    private SwitchSegment segment;
    private long adoptedNs;
    private Client self;

    Registry(ClientFile clientFile, ClaimRegistry claims) {
        this.clientFile = clientFile;
        this.claims = claims;
    }

    /**
     * Works with a fresh segment from now on.
     *
     * @return false when a secondary has brought the memory of an earlier primary meanwhile: then that is in use, and this one the caller's
     */
    synchronized boolean use(SwitchSegment fresh) {
        if (segment != null) {
            return false;
        }
        segment = fresh;
        claims.use(fresh, counters(fresh, PRIMARY_AREA));
        notifyAll();
        return true;
    }

    /** The segment in use, null before {@link #use} or adoption. */
    synchronized SwitchSegment segment() {
        return segment;
    }

    /** Waits for a secondary of an earlier primary to bring the segment; null when none does in time. */
    synchronized SwitchSegment awaitAdoption(long timeoutMs) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (segment == null) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return null;
            }
            wait(leftMs);
        }
        return segment;
    }

    /**
     * Makes this process a client of its own, with id 0; when there is a segment.
     *
     * @return whether an earlier primary left a configuration to go on with
     */
    synchronized boolean attachSelf() {
        ClientTable.Client former = segment.clients().get(SELF);
        CommittedBytes committed = segment.clients().configuration(SELF);
        boolean resumes = former.state() == ClientTable.State.DIED && committed.read() != null;
        if (!resumes) {
            committed.clear();
        }
        ProcessIdentity process = ProcessIdentity.of(Linux.getpid());
        int epoch = segment.clients().attach(SELF, "primary", process.pid(), process.startTicks(), PRIMARY_AREA);
        self = new Client(SELF, "primary", epoch, PRIMARY_AREA, process, null);
        return resumes;
    }

    /** Part of the owner words of what this process claims. */
    synchronized int ownEpoch() {
        return self.epoch();
    }

    /**
     * Ends what this process claimed.
     *
     * @param forget true when the next primary is not to resume its configuration
     */
    synchronized void detachSelf(boolean forget) {
        claims.reap(SELF);
        segment.clients().end(SELF, forget ? ClientTable.State.EXITED : ClientTable.State.DIED);
        self = null;
    }

    /** @throws CommandException when a living process has this client id */
    synchronized void requireUnused(int id) throws CommandException {
        Client client = clients.get(id);
        if (client != null && !client.dead()) {
            throw new CommandException(
                    "client id " + id + " is in use by " + client + ": choose another id, or end that process");
        }
    }

    /** Claims for this process. Control thread. */
    synchronized Answer claimOwn(ClaimKey key) throws AttachException {
        return claims.claim(self, key, waitsForOthers());
    }

    /** Ends a claim of this process. */
    synchronized void releaseOwn(ClaimKey key) {
        claims.release(self, key);
    }

    /** Clients of an earlier primary may still come back with claims that this one doesn't know. */
    private boolean waitsForOthers() {
        return System.nanoTime() - adoptedNs < RETURN_NS
                && clients.values().stream().anyMatch(Client::expected);
    }

    /** Descriptors that become readable when a secondary ends. */
    synchronized Map<FileDescriptor, Client> pidfds() {
        Map<FileDescriptor, Client> pidfds = new HashMap<>();
        clients.values().forEach(client -> pidfds.put(client.pidfd(), client));
        return pidfds;
    }

    /** Answers one request. */
    synchronized Answer handle(AttachLoop.Session session, AttachConnection.Received request) throws AttachException {
        AttachMessage message = request.message();
        if (message.verb().equals("hello")) {
            return hello(session, message, request.descriptors());
        }
        Client client = session.client;
        if (client == null || clients.get(client.id()) != client) {
            throw new AttachException(
                    AttachException.MALFORMED, "request " + message.verb() + " before hello or after bye");
        }
        return switch (message.verb()) {
            case "claim" -> {
                ClaimKey key = ClaimKey.of(message);
                yield claims.claim(client, key, waitsForOthers());
            }
            case "release" -> {
                claims.release(client, ClaimKey.of(message));
                yield Answer.ok();
            }
            case "devices" -> new Answer(AttachMessage.of("ok").with(claims.deviceFacts()), List.of(), true);
            case "bye" -> {
                boolean forget = message.number("forget", 0) == 1;
                left.put(client.id(), client.process());
                bury(client, forget ? ClientTable.State.EXITED : ClientTable.State.DIED, "left");
                yield Answer.ok();
            }
            default -> throw new AttachException(AttachException.MALFORMED, "unknown request " + message.verb());
        };
    }

    private Answer hello(AttachLoop.Session session, AttachMessage message, List<FileDescriptor> descriptors)
            throws AttachException {
        if (session.client != null) {
            throw new AttachException(AttachException.MALFORMED, "hello twice");
        }
        long version = message.number("version", -1);
        if (version != AttachClient.PROTOCOL_VERSION) {
            throw new AttachException(
                    AttachException.VERSION,
                    "attach protocol " + version + " against " + AttachClient.PROTOCOL_VERSION
                            + " of the primary: run the same release of both");
        }
        int id = (int) message.number("id", 0);
        String type = message.attribute("type", "");
        if (id < 1 || id > 127 || !type.matches("[a-z]{1,16}")) {
            throw new AttachException(
                    AttachException.REFUSED, "client id " + id + " of type " + type + ": ids are 1..127");
        }
        if (session.process.startTicks() == 0) {
            throw new AttachException(
                    AttachException.REFUSED, "process " + session.process.pid() + " can't be seen in /proc");
        }
        boolean returning = message.attribute("segment", "0").equals("1");
        if (returning) {
            if (descriptors.isEmpty()) {
                throw new AttachException(AttachException.MALFORMED, "no segment with an offer of one");
            }
            takeOffer(descriptors.get(0));
        }
        if (segment == null) {
            throw new AttachException(AttachException.AGAIN, "the primary is starting");
        }
        Client client = clients.get(id);
        if (client != null && !client.process().equals(session.process)) {
            if (!client.dead()) {
                throw new AttachException(
                        AttachException.REFUSED,
                        "client id " + id + " is in use by " + client + ": choose another id, or end that process");
            }
            bury(client, ClientTable.State.DIED, "ended");
            client = null;
        }
        if (client != null && !returning) {
            throw new AttachException(AttachException.REFUSED, client + " is attached already");
        }
        if (client == null && returning) {
            throw new AttachException(
                    AttachException.STALE, "the primary has ended this process's claims: start it again");
        }
        boolean resume = false;
        if (client == null) {
            ClientTable.Client former = segment.clients().get(id);
            boolean fresh = message.number("fresh", 0) == 1;
            CommittedBytes committed = segment.clients().configuration(id);
            resume = !fresh
                    && former.state() == ClientTable.State.DIED
                    && former.type().equals(type)
                    && committed.read() != null;
            if (!resume) {
                committed.clear();
            }
            client = admit(id, type, session);
        } else {
            takeBack(client, message, descriptors);
        }
        session.client = client;
        client.connected(session.connection);
        AttachMessage welcome =
                AttachMessage.of("ok").with("epoch", client.epoch()).with("resume", resume ? 1 : 0);
        return new Answer(welcome, returning ? List.of() : List.of(segment.fd()), true);
    }

    private Client admit(int id, String type, AttachLoop.Session session) throws AttachException {
        FileDescriptor pidfd = session.connection.peerPidfd();
        int area = freeCounterArea();
        if (area < 0) {
            pidfd.close();
            throw new AttachException(
                    AttachException.REFUSED,
                    "no more than " + (segment.geometry().counterAreas() - 1) + " secondaries at the same time");
        }
        counters(segment, area).clear();
        int epoch = segment.clients().attach(id, type, session.process.pid(), session.process.startTicks(), area);
        Client client = new Client(id, type, epoch, area, session.process, pidfd);
        clients.put(id, client);
        writeClientFile();
        LOG.info("{} attached", client);
        return client;
    }

    private static CounterArea counters(SwitchSegment segment, int area) {
        return new CounterArea(segment.counterArea(area), segment.geometry().counterAreaBytes());
    }

    private int freeCounterArea() {
        for (int area = PRIMARY_AREA + 1; area < segment.geometry().counterAreas(); area++) {
            int candidate = area;
            if (clients.values().stream().noneMatch(c -> c.counterArea() == candidate)) {
                return area;
            }
        }
        return -1;
    }

    /** A secondary brings the memory of an earlier primary: the one in use, or, while there is none, the one to use. */
    private void takeOffer(FileDescriptor offered) throws AttachException {
        if (segment != null) {
            Linux.Stat ours = Linux.fstat(segment.fd().value());
            Linux.Stat theirs = Linux.fstat(offered.value());
            if (ours.inode() != theirs.inode() || ours.device() != theirs.device()) {
                throw new AttachException(
                        AttachException.STALE,
                        "the primary (pid " + ProcessHandle.current().pid()
                                + ") runs on other memory: start this process again");
            }
            return;
        }
        try {
            adopt(SwitchSegment.attach(offered.duplicate()));
        } catch (LinuxException e) {
            throw new AttachException(AttachException.AGAIN, e.getMessage(), e);
        } catch (SegmentException | IllegalStateException e) {
            throw new AttachException(AttachException.STALE, e.getMessage(), e);
        }
    }

    /**
     * Goes on with the memory of an earlier primary: its clients, their claims; what died meanwhile is reaped. Takes over {@code found}; when
     * it throws nothing is adopted.
     */
    private void adopt(SwitchSegment found) {
        Map<Integer, Client> living = new TreeMap<>();
        try {
            findLiving(found, living);
            claims.use(found, counters(found, PRIMARY_AREA));
        } catch (RuntimeException e) {
            living.values().forEach(client -> client.pidfd().close());
            found.close();
            throw e;
        }
        segment = found;
        adoptedNs = System.nanoTime();
        clients.putAll(living);
        int reclaimed = claims.adopt(clients);
        for (int id = SELF; id < found.clients().size(); id++) {
            if (found.clients().get(id).state() == ClientTable.State.ATTACHED && !clients.containsKey(id)) {
                found.clients().end(id, ClientTable.State.DIED);
            }
        }
        LOG.info(
                "adopted the memory of an earlier primary: {} secondaries, {} mbufs reclaimed",
                clients.size(),
                reclaimed);
        writeClientFile();
        notifyAll();
    }

    private static void findLiving(SwitchSegment found, Map<Integer, Client> living) {
        for (int id = 1; id < found.clients().size(); id++) {
            ClientTable.Client entry = found.clients().get(id);
            if (entry.state() != ClientTable.State.ATTACHED) {
                continue;
            }
            ProcessIdentity process = new ProcessIdentity(entry.pid(), entry.startTime());
            FileDescriptor pidfd = openPidfd(process);
            if (pidfd == null) {
                LOG.info("{} {} (pid {}) ended while there was no primary", entry.type(), id, entry.pid());
                continue;
            }
            Client client = new Client(id, entry.type(), entry.epoch(), entry.counterArea(), process, pidfd);
            client.expect();
            living.put(id, client);
        }
    }

    /**
     * A pidfd of exactly this process, or null when it has certainly ended.
     *
     * @throws LinuxException when that can't be found out (no descriptors left): a living process must not be taken for a dead one
     */
    static FileDescriptor openPidfd(ProcessIdentity process) {
        FileDescriptor pidfd;
        try {
            pidfd = Linux.pidfdOpen(process.pid());
        } catch (LinuxException e) {
            if (e.errno() == Errno.ESRCH || e.errno() == Errno.EINVAL) {
                return null;
            }
            throw e;
        }
        long start = ProcessIdentity.of(process.pid()).startTicks();
        if (start != 0 && start == process.startTicks()) {
            return pidfd;
        }
        boolean ended = start != 0 || Linux.pollOne(pidfd.value(), Constants.POLLIN, 0) != 0;
        pidfd.close();
        if (!ended) {
            throw new LinuxException("open", Errno.EMFILE, "/proc/" + process.pid() + "/stat");
        }
        return null;
    }

    /** A process that attached to an earlier primary, or lost its connection to this one, is back with what it holds. */
    private void takeBack(Client client, AttachMessage message, List<FileDescriptor> descriptors)
            throws AttachException {
        List<ClaimKey> listed = ClaimKey.list(message.attribute("claims", ""));
        String eventfds = message.attribute("eventfds", "");
        List<FileDescriptor> offered = descriptors.subList(1, descriptors.size());
        claims.takeBack(client, listed, eventfds.isEmpty() ? List.of() : List.of(eventfds.split(",")), offered);
        LOG.info("{} attached again with {} claims", client, listed.size());
    }

    /** The connection of a session has ended: the process may have died, or will have to. */
    synchronized void connectionEnded(AttachLoop.Session session) {
        Client client = session.client;
        if (client == null || clients.get(client.id()) != client || client.connection() != session.connection) {
            return;
        }
        client.connectionLost(System.nanoTime());
        if (client.dead()) {
            bury(client, ClientTable.State.DIED, "died");
        }
    }

    /** The kernel says that a secondary has ended. */
    synchronized void died(Client client) {
        if (clients.get(client.id()) == client && client.dead()) {
            bury(client, ClientTable.State.DIED, "died");
        }
    }

    /** Called every 100 ms or so. */
    synchronized void tick(long nowNs) {
        for (Client client : clients.values()) {
            if (client.silentNs(nowNs) > SILENCE_NS) {
                LOG.warn(
                        "{} closed its connection but goes on: killing it, its memory can't be reclaimed before",
                        client);
                client.kill();
                client.connectionLost(nowNs);
            }
        }
        if (segment != null) {
            claims.sweep();
        }
    }

    private void bury(Client client, ClientTable.State end, String how) {
        String reclaimed = claims.reap(client.id());
        segment.clients().end(client.id(), end);
        if (end == ClientTable.State.EXITED) {
            segment.clients().configuration(client.id()).clear();
        }
        clients.remove(client.id());
        client.pidfd().close();
        writeClientFile();
        LOG.info("{} {}{}", client, how, reclaimed.isEmpty() ? "" : ": " + reclaimed);
    }

    private void writeClientFile() {
        clientFile.write(clients.values().stream().map(Client::process).toList());
    }

    /** Whether this process was the last with its client id, and said good-bye to this primary, or to an earlier one for ever. */
    synchronized boolean hasLeft(ProcessIdentity process) {
        ClientTable table = segment.clients();
        return left.containsValue(process)
                || IntStream.range(1, table.size())
                        .mapToObj(table::get)
                        .anyMatch(client -> client.state() == ClientTable.State.EXITED
                                && client.pid() == process.pid()
                                && client.startTime() == process.startTicks());
    }

    /** Attached secondaries, in the order of their ids. */
    synchronized List<Client> clients() {
        return List.copyOf(clients.values());
    }

    /** Claims by holder and the like, for the status. */
    synchronized <T> T inspect(java.util.function.Function<ClaimRegistry, T> question) {
        return question.apply(claims);
    }

    /** Forgets everybody; secondaries that still run go on with their memory. */
    synchronized void close() {
        if (clients.isEmpty()) {
            clientFile.remove();
        }
        clients.values().forEach(client -> client.pidfd().close());
        clients.clear();
        claims.close();
        if (segment != null) {
            segment.close();
        }
    }
}
