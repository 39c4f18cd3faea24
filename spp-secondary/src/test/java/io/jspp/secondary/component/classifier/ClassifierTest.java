package io.jspp.secondary.component.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Lane;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.SteadyLane;
import io.jspp.secondary.component.classifier.ClassifierEntries.Entry;
import io.jspp.worker.Component;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SPP's rules of classification on real bursts: spp.md 5.5, without its bugs. */
class ClassifierTest {
    private static final String SOURCE = "020000000099";
    private static final String A = "52:54:00:12:34:56";
    private static final String B = "52:54:00:12:34:58";
    private static final String UNKNOWN = "52:54:00:00:00:77";
    private static final String BROADCAST = "ff:ff:ff:ff:ff:ff";
    private static final int UNTAGGED = ClassifierEntries.UNTAGGED;

    private final Lane.Counters counterMemory = new Lane.Counters();
    private final ComponentCounters counters = new ComponentCounters(counterMemory, "cls");
    private final ClassifierEntries entries = new ClassifierEntries(20_000);
    private final StartedComponent classifier =
            new ClassifierType(entries).start("cls", counters, Burst.DEFAULT_CAPACITY);
    private final Lane in = new Lane("phy:0");
    private final List<Lane> lanes = List.of(new Lane("ring:0"), new Lane("ring:1"), new Lane("vhost:2"));
    private final List<Output> outputs = new ArrayList<>();
    private final List<Input> inputs = List.of(in.input(VlanOperation.NONE));
    private Component running;

    @BeforeEach
    void run() {
        lanes.forEach(lane -> outputs.add(lane.output(VlanOperation.NONE)));
        build(outputs);
    }

    private void build(List<Output> with) {
        classifier.prepare(with);
        running = classifier.build(inputs, with);
        classifier.settle(inputs, with);
    }

    @AfterEach
    void close() {
        classifier.close();
        outputs.forEach(Output::close);
        counters.close();
        assertEquals(0, counterMemory.inUse());
        lanes.forEach(Lane::close);
        in.close();
    }

    private static Entry entry(int vlan, String mac, int port) {
        long address = mac.equals("default") ? ClassifierEntries.DEFAULT : MacAddress.parse(mac);
        return new Entry(
                vlan,
                address,
                PatchEnd.parse(List.of("ring:0", "ring:1", "vhost:2").get(port)));
    }

    private void add(int vlan, String mac, int port) {
        entries.add(entry(vlan, mac, port));
    }

    private static String frame(String destination, String rest) {
        return destination.replace(":", "") + SOURCE + rest.replace(" ", "") + "00".repeat(20);
    }

    private static String plain(String destination) {
        return frame(destination, "0800");
    }

    private static String tagged(String destination, int vid) {
        return frame(destination, String.format("8100 %04x 0800", 0x6000 | vid));
    }

    /** Frames that each port got for these, as the indexes of what was put in. */
    private String outcome(String... frames) {
        in.put(frames);
        running.poll(0);
        List<String> put = List.of(frames);
        StringBuilder text = new StringBuilder();
        for (Lane lane : lanes) {
            text.append('[');
            lane.take().forEach(frame -> text.append(put.indexOf(frame)));
            text.append(']');
        }
        return text.toString();
    }

    @Test
    void shouldSendEachAddressToItsPort() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 1);
        assertEquals("[0][1][]", outcome(plain(A), plain(B), plain(UNKNOWN)));
        assertEquals(1, counters.get(Count.UNMATCHED));
    }

    @Test
    void shouldSendTheRestToTheDefault() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, "default", 2);
        assertEquals("[0][][12]", outcome(plain(A), plain(B), plain(UNKNOWN)));
        entries.remove(entry(UNTAGGED, "default", 2));
        assertEquals("[0][][]", outcome(plain(A), plain(B)));
    }

    /** SPP keeps default as 00:00:00:00:00:01 and can't tell the two apart. */
    @Test
    void shouldTakeNoAddressForTheDefault() {
        add(UNTAGGED, "00:00:00:00:00:01", 0);
        assertEquals("[0][][]", outcome(plain("00:00:00:00:00:01"), plain(UNKNOWN)));
        add(UNTAGGED, "default", 1);
        assertEquals("[0][1][]", outcome(plain("00:00:00:00:00:01"), plain(UNKNOWN)));
    }

    @Test
    void shouldKeepVlansApart() {
        add(100, A, 0);
        add(101, A, 1);
        add(UNTAGGED, A, 2);
        assertEquals("[0][1][2]", outcome(tagged(A, 100), tagged(A, 101), plain(A)));
        // no table for VLAN 102 and no default for untagged frames
        assertEquals("[][][]", outcome(tagged(A, 102)));
    }

    /** SPP's table for untagged frames is that of VLAN 4095. */
    @Test
    void shouldNotTakeVlan4095ForUntagged() {
        add(4095, A, 0);
        add(UNTAGGED, A, 1);
        assertEquals("[0][1][]", outcome(tagged(A, 4095), plain(A)));
        add(4095, "default", 2);
        assertEquals("[][][0]", outcome(tagged(B, 4095), plain(B)));
    }

    @Test
    void shouldFallBackFromVlanDefaultToUntaggedDefault() {
        add(100, A, 0);
        add(UNTAGGED, "default", 2);
        assertEquals("[0][][12]", outcome(tagged(A, 100), tagged(B, 100), tagged(A, 200)));
        add(100, "default", 1);
        assertEquals("[0][1][2]", outcome(tagged(A, 100), tagged(B, 100), tagged(A, 200)));
    }

    @Test
    void shouldFloodGroupAddressesOfAVlan() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 0);
        add(UNTAGGED, "default", 1);
        add(100, A, 2);
        String multicast = "01:00:5e:00:00:01";
        assertEquals("[01][01][]", outcome(plain(BROADCAST), plain(multicast)));
        assertEquals(2, counters.get(Count.FLOODED));
        assertEquals(2, counters.get(Count.COPIED));
        // a tagged one to its VLAN and to the default for untagged frames, once each
        assertEquals("[][0][0]", outcome(tagged(BROADCAST, 100)));
        add(100, "default", 1);
        assertEquals("[][0][0]", outcome(tagged(BROADCAST, 100)));
        // no table for VLAN 200: the default for untagged ones, nobody else
        assertEquals("[][0][]", outcome(tagged(BROADCAST, 200)));
        // a group address may have an entry
        add(UNTAGGED, multicast, 2);
        assertEquals("[][][0]", outcome(plain(multicast)));
    }

    @Test
    void shouldStopFloodingAPortWithItsLastEntry() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 0);
        entries.remove(entry(UNTAGGED, A, 0));
        assertEquals("[0][][]", outcome(plain(BROADCAST)));
        entries.remove(entry(UNTAGGED, B, 0));
        assertEquals("[][][]", outcome(plain(BROADCAST)));
        assertEquals(1, counters.get(Count.UNMATCHED));
    }

    /** SPP floods one mbuf by reference, so that one port's tag is on the others' copies too. */
    @Test
    void shouldTagTheCopyOfOnePortOnly() {
        outputs.add(lanes.get(1).output(VlanOperation.add(300, 5)));
        outputs.add(lanes.get(2).output(VlanOperation.DEL));
        build(List.of(outputs.get(0), outputs.get(3), outputs.get(4)));
        add(100, A, 0);
        add(100, B, 1);
        add(100, "default", 2);
        in.mbuf = 9;
        String broadcast = tagged(BROADCAST, 100);
        in.put(broadcast);
        running.poll(0);
        assertEquals(List.of(broadcast), lanes.get(0).take());
        assertEquals(
                List.of(broadcast.replace("81006064", "8100a12c")), lanes.get(1).take());
        assertEquals(List.of(broadcast.replace("81006064", "")), lanes.get(2).take());
        // shared packets belong to nobody
        assertEquals(List.of(Burst.BORROWED), lanes.get(0).sentMbufs());
    }

    @Test
    void shouldClassifyByTheTagThatTheRxPortAdds() {
        add(7, A, 1);
        outputs.add(lanes.get(0).output(VlanOperation.NONE));
        classifier.prepare(outputs.subList(0, 3));
        running = classifier.build(List.of(in.input(VlanOperation.add(7, 0))), outputs.subList(0, 3));
        in.put(plain(A));
        running.poll(0);
        assertEquals(List.of(frame(A, "8100 0007 0800")), lanes.get(1).take());
    }

    /** The destination that was looked up is the one that leaves. */
    @Test
    void shouldSendWhatItClassified() {
        add(UNTAGGED, A, 0);
        lanes.get(0).beforeSend = () -> Memory.fill(in.memory(), 14, (byte) 0xff);
        in.put(plain(A));
        running.poll(0);
        assertEquals(List.of(plain(A)), lanes.get(0).take());
    }

    /** A large table is looked up ahead, a burst at a time; what a guest rewrites in between, or a port's tag changes, is looked up again. */
    @Test
    void shouldClassifyALargeTableAsASmallOne() {
        for (int i = 0; i < 5000; i++) {
            entries.add(new Entry(3333, 0x5254_1000_0000L + i, lanes.get(i % 3).id()));
        }
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 1);
        add(UNTAGGED, "default", 2);
        add(7, B, 0);
        assertEquals(
                "[0569][157][2458]",
                outcome(
                        plain(A),
                        plain(B),
                        plain(UNKNOWN),
                        "0102030405060708090a0b0c0d",
                        tagged(A, 7),
                        plain(BROADCAST),
                        tagged(B, 7),
                        tagged("52:54:10:00:00:01", 3333),
                        tagged("52:54:10:00:00:02", 3333),
                        tagged("52:54:10:00:00:03", 3333)));
        assertEquals(1, counters.get(Count.RUNT));
    }

    @Test
    void shouldClassifyByTheTagThatTheRxPortAddsInALargeTableToo() {
        for (int i = 0; i < 5000; i++) {
            entries.add(new Entry(7, 0x5254_1000_0000L + i, lanes.get(i % 3).id()));
        }
        add(UNTAGGED, "52:54:10:00:00:01", 0);
        running = classifier.build(List.of(in.input(VlanOperation.add(7, 0))), outputs);
        in.put(plain("52:54:10:00:00:01"), plain("52:54:10:00:00:02"));
        running.poll(0);
        assertEquals(List.of(), lanes.get(0).take());
        assertEquals(List.of(tag7("52:54:10:00:00:01")), lanes.get(1).take());
        assertEquals(List.of(tag7("52:54:10:00:00:02")), lanes.get(2).take());
    }

    private static String tag7(String destination) {
        return frame(destination, "8100 0007 0800");
    }

    @Test
    void shouldHandOverMbufsWithOneDestination() {
        add(UNTAGGED, A, 0);
        in.mbuf = 40;
        in.put(plain(A), plain(A));
        running.poll(0);
        assertEquals(List.of(40, 41), lanes.get(0).sentMbufs());
    }

    @Test
    void shouldCountRunts() {
        add(UNTAGGED, "default", 0);
        assertEquals("[0][][]", outcome(plain(A), "0102030405060708090a0b0c0d"));
        assertEquals(1, counters.get(Count.RUNT));
    }

    /** More for one port than one burst holds, and packets of many segments. */
    @Test
    void shouldSendInSeveralBurstsWhatDoesNotFitInOne() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 1);
        in.segmentBytes = 2;
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(frame(i % 5 == 0 ? B : A, String.format("0800 %04x", i)));
        }
        in.put(all.toArray(new String[0]));
        while (running.poll(0) > 0) {
            // until the source is empty
        }
        assertEquals(
                all.stream().filter(frame -> frame.startsWith("525400123456")).toList(),
                lanes.get(0).take());
        assertEquals(
                all.stream().filter(frame -> frame.startsWith("525400123458")).toList(),
                lanes.get(1).take());
    }

    @Test
    void shouldHaveOnePortPerAddressAndRefuseWhatIsThere() {
        add(UNTAGGED, A, 0);
        GraphException twice = assertThrows(GraphException.class, () -> add(UNTAGGED, A, 0));
        assertEquals(Subject.PORT, twice.subject());
        GraphException conflict = assertThrows(GraphException.class, () -> add(UNTAGGED, A, 1));
        assertEquals(Subject.EXECUTION, conflict.subject());
        assertEquals("classifier cls sends 52:54:00:12:34:56 to ring:0 already", conflict.getMessage());
        assertThrows(GraphException.class, () -> entries.remove(entry(UNTAGGED, B, 0)));
        assertThrows(GraphException.class, () -> entries.remove(entry(100, A, 0)));
        assertEquals("[0][][]", outcome(plain(A)));
    }

    @Test
    void shouldKeepSppsLimitWhenAsked() {
        ClassifierEntries one = new ClassifierEntries(1);
        one.add(entry(UNTAGGED, A, 0));
        GraphException refused = assertThrows(GraphException.class, () -> one.add(entry(100, B, 0)));
        assertEquals(Subject.PORT, refused.subject());
        one.add(entry(UNTAGGED, B, 1));
        one.remove(entry(UNTAGGED, A, 0));
        one.add(entry(100, B, 0));
    }

    @Test
    void shouldFollowItsPorts() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 1);
        build(List.of(outputs.get(1), outputs.get(2)));
        assertEquals("[][1][]", outcome(plain(A), plain(B)));
        // the entry is still there, and works again with its port
        assertEquals(2, entries.all().size());
        build(List.of(outputs.get(2), outputs.get(0), outputs.get(1)));
        assertEquals("[0][1][]", outcome(plain(A), plain(B)));
        assertTrue(classifier.isComplete(inputs, outputs));
        assertFalse(classifier.isComplete(inputs, List.of(outputs.get(2))));
        assertFalse(classifier.isComplete(List.of(), outputs));
    }

    /** Between table and plan there is a moment in which packets pass. */
    @Test
    void shouldLoseNothingWhileAPortComesOrGoes() {
        add(UNTAGGED, "default", 2);
        build(outputs.subList(2, 3));
        add(UNTAGGED, A, 0);
        add(5, "default", 0);
        classifier.prepare(List.of(outputs.get(2), outputs.get(0)));
        assertEquals("[][][012]", outcome(plain(A), tagged(B, 5), tagged(BROADCAST, 5)));
        build(List.of(outputs.get(2), outputs.get(0)));
        assertEquals("[012][][2]", outcome(plain(A), tagged(B, 5), tagged(BROADCAST, 5)));
        running = classifier.build(inputs, outputs.subList(2, 3));
        assertEquals("[][][012]", outcome(plain(A), tagged(B, 5), tagged(BROADCAST, 5)));
        assertEquals(0, counters.get(Count.UNMATCHED));
    }

    /** The memory of a guest that frames go to has vanished, and is looked at again on the way out. */
    @Test
    void shouldKeepNothingBorrowedWhenRecoveringFaultsToo() {
        add(UNTAGGED, A, 0);
        add(UNTAGGED, B, 1);
        Runnable vanished = () -> {
            throw new InternalError("vanished");
        };
        lanes.get(0).beforeSend = vanished;
        lanes.get(0).onCheck = vanished;
        in.put(plain(A), plain(B));
        assertThrows(InternalError.class, () -> running.poll(0));
        assertThrows(InternalError.class, () -> running.recover());
        lanes.get(0).beforeSend = () -> {};
        String next = frame(B, "0800 7777");
        assertEquals("[][0][]", outcome(next));
    }

    @Test
    void shouldGiveBackItsCountersWhenThereIsNoRoomForAll() {
        Lane.Counters few = new Lane.Counters();
        few.room = ComponentCounters.BASIC.size() - 1;
        assertThrows(IllegalStateException.class, () -> new ComponentCounters(few, "x"));
        assertEquals(0, few.inUse());
    }

    /** In SPP the table of a classifier that was stopped stays in status, and its ports stay bound. */
    @Test
    void shouldTakeItsEntriesAlongWhenItStops() {
        add(UNTAGGED, A, 0);
        Entry elsewhere = new Entry(5, ClassifierEntries.DEFAULT, PatchEnd.parse("ring:9"));
        entries.add(elsewhere);
        StartedComponent second = new ClassifierType(entries).start("other", counters, 4);
        Output output = new Lane("ring:9").output(VlanOperation.NONE);
        outputs.add(output);
        second.prepare(List.of(output));
        assertEquals("5/default", elsewhere.value());
        second.close();
        assertEquals(List.of(entry(UNTAGGED, A, 0)), List.copyOf(entries.all()));
    }

    @Test
    void shouldAllocateNothingWithTenThousandEntries() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            entries.add(new Entry(
                    i % 3 == 0 ? UNTAGGED : i % 4096,
                    0x5254_0000_0000L + i,
                    lanes.get(i % 2).id()));
        }
        for (int i = 0; i < 60; i++) {
            int vid = (i * 100 + 1) % 4096;
            frames.add(bytes(frame(String.format("52540000%04x", i * 100 + 1), String.format("8100 %04x 0800", vid))));
        }
        frames.add(bytes(plain(BROADCAST)));
        frames.add(bytes(plain(UNKNOWN)));
        SteadyLane steady = new SteadyLane(frames);
        for (int port = 0; port < 2; port++) {
            VlanOperation vlan = port == 0 ? VlanOperation.DEL : VlanOperation.add(9, 0);
            outputs.add(steady.output("ring:" + port, vlan));
        }
        List<Output> both = outputs.subList(3, 5);
        classifier.prepare(both);
        running = classifier.build(List.of(steady.input()), both);
        for (int i = 0; i < 20_000; i++) {
            running.poll(i);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long sent = steady.sent;
        long before = threads.getThreadAllocatedBytes(thread);
        long cost = threads.getThreadAllocatedBytes(thread) - before;
        before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 10_000; i++) {
            running.poll(i);
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertEquals(cost, allocated);
        assertTrue(steady.sent - sent > 1_000_000, "sent " + (steady.sent - sent));
        steady.close();
    }

    private static byte[] bytes(String frame) {
        return HexFormat.of().parseHex((frame + "0".repeat(120)).substring(0, 120));
    }
}
