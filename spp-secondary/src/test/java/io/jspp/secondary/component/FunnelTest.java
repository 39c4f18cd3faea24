package io.jspp.secondary.component;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.net.Offload;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.worker.Component;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** forward and merge with their VLAN operations, on bursts. */
class FunnelTest {
    private static final String ADDRESSES = "525400123456" + "020000000099";
    private static final String PLAIN = ADDRESSES + "0800" + "11".repeat(46);
    private static final String TAGGED = ADDRESSES + "8100" + "6065" + "0800" + "22".repeat(46);

    private final Lane.Counters counterMemory = new Lane.Counters();
    private final ComponentCounters counters = new ComponentCounters(counterMemory, "f");
    private final Funnel funnel = new Funnel("f", counters, Burst.DEFAULT_CAPACITY);
    private final Lane in = new Lane("phy:0");
    private final Lane second = new Lane("phy:1");
    private final Lane out = new Lane("ring:0");
    private final List<Output> outputs = new ArrayList<>();

    @AfterEach
    void close() {
        outputs.forEach(Output::close);
        funnel.close();
        counters.close();
        assertEquals(0, counterMemory.inUse());
        List.of(in, second, out).forEach(Lane::close);
    }

    private Component forward(VlanOperation rx, VlanOperation tx) {
        outputs.add(out.output(tx));
        return funnel.build(List.of(in.input(rx)), outputs);
    }

    @Test
    void shouldPassFramesOnAsTheyAre() {
        Component forward = forward(VlanOperation.NONE, VlanOperation.NONE);
        in.put(PLAIN, TAGGED, "00");
        assertEquals(3, forward.poll(0));
        assertEquals(List.of(PLAIN, TAGGED, "00"), out.take());
        assertEquals(1, out.flushes());
        assertEquals(0, forward.poll(0));
        assertEquals(1, out.flushes());
    }

    /** Segments of any length, the header spread over many of them included. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 13, 14, 15, 17, 18, 19, 1000})
    void shouldAddATagOrRewriteTheOneThereIs(int segmentBytes) {
        in.segmentBytes = segmentBytes;
        String added = ADDRESSES + "8100" + "e0c8" + PLAIN.substring(24);
        String rewritten = TAGGED.replace("81006065", "8100e0c8");
        for (int side = 0; side < 2; side++) {
            VlanOperation add = VlanOperation.add(200, 7);
            Component forward = funnel.build(
                    List.of(in.input(side == 0 ? add : VlanOperation.NONE)),
                    List.of(kept(out.output(side == 1 ? add : VlanOperation.NONE))));
            in.put(PLAIN, TAGGED);
            forward.poll(0);
            assertEquals(List.of(added, rewritten), out.take());
        }
    }

    private Output kept(Output output) {
        outputs.add(output);
        return output;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 14, 16, 18, 1000})
    void shouldRemoveTheOuterTag(int segmentBytes) {
        in.segmentBytes = segmentBytes;
        Component forward = forward(VlanOperation.NONE, VlanOperation.DEL);
        String two = ADDRESSES + "8100" + "0001" + TAGGED.substring(24);
        in.put(PLAIN, TAGGED, two);
        forward.poll(0);
        assertEquals(List.of(PLAIN, ADDRESSES + TAGGED.substring(32), ADDRESSES + TAGGED.substring(24)), out.take());
    }

    @Test
    void shouldDoBothSidesInOrder() {
        Component forward = forward(VlanOperation.add(1, 1), VlanOperation.DEL);
        in.put(PLAIN, TAGGED);
        forward.poll(0);
        assertEquals(List.of(PLAIN, ADDRESSES + TAGGED.substring(32)), out.take());
    }

    /** 802.1ad and a frame that ends inside its tag are not tagged in the sense of SPP's operations. */
    @Test
    void shouldTakeOnlyA8021qTagForOne() {
        Component forward = forward(VlanOperation.NONE, VlanOperation.DEL);
        String service = ADDRESSES + "88a8" + TAGGED.substring(28);
        String cut = ADDRESSES + "8100" + "606508";
        in.put(service, cut);
        forward.poll(0);
        assertEquals(List.of(service, cut), out.take());
    }

    @Test
    void shouldCountWhatIsTooShortForAHeader() {
        Component forward = forward(VlanOperation.NONE, VlanOperation.add(5, 0));
        in.put(PLAIN.substring(0, 26), PLAIN.substring(0, 28));
        assertEquals(2, forward.poll(0));
        assertEquals(List.of(ADDRESSES + "8100" + "0005" + "0800"), out.take());
        assertEquals(1, counters.get(Count.RUNT));
    }

    @Test
    void shouldMoveTheChecksumFactsAlong() {
        Component forward = forward(VlanOperation.NONE, VlanOperation.add(5, 0));
        in.offload = Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_TCPV4, 1448, 34, 16);
        in.put(PLAIN, TAGGED);
        forward.poll(0);
        assertEquals(
                List.of(Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_TCPV4, 1448, 38, 16), in.offload),
                out.sentOffloads());
        out.take();
        in.offload = Offload.pack(Offload.F_NEEDS_CSUM, 0, 0, 0xffff, 6);
        in.put(PLAIN);
        forward.poll(0);
        assertEquals(List.of(), out.take());
        assertEquals(1, counters.get(Count.MALFORMED_HEADER));
    }

    /** A ring may take an mbuf over only when nothing of it was changed. */
    @Test
    void shouldPassOnMbufsThatAreNotChanged() {
        in.mbuf = 70;
        Component forward = forward(VlanOperation.NONE, VlanOperation.add(101, 3));
        in.put(PLAIN, TAGGED, PLAIN);
        forward.poll(0);
        assertEquals(List.of(Burst.BORROWED, 71, Burst.BORROWED), out.sentMbufs());
    }

    /** What a guest writes after its frame was looked at changes its payload, and nothing of the header that leaves. */
    @Test
    void shouldWriteItsValuesOverWhatAGuestSwapped() {
        Component forward = forward(VlanOperation.NONE, VlanOperation.add(9, 0));
        out.beforeSend = () -> Memory.fill(in.memory(), 16, (byte) 0x42);
        in.put(PLAIN);
        forward.poll(0);
        assertEquals(List.of(ADDRESSES + "8100" + "0009" + "0800" + "4242" + PLAIN.substring(32)), out.take());
    }

    @Test
    void shouldMergeAllSourcesKeepingTheOrderOfEach() {
        outputs.add(out.output(VlanOperation.NONE));
        Component merge =
                funnel.build(List.of(in.input(VlanOperation.NONE), second.input(VlanOperation.add(3, 0))), outputs);
        List<String> first = new ArrayList<>();
        List<String> other = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            first.add(ADDRESSES + "0800" + String.format("01%06x", i));
            other.add("010000000000" + "020000000099" + "0800" + String.format("02%06x", i));
        }
        in.put(first.toArray(new String[0]));
        second.put(other.toArray(new String[0]));
        int moved = merge.poll(0);
        // both have their turn in one poll, and neither all of it
        assertEquals(2 * BurstComponent.MAX_BURSTS * Burst.DEFAULT_CAPACITY, moved);
        while (merge.poll(0) > 0) {
            moved++;
        }
        List<String> all = out.take();
        assertEquals(2000, all.size());
        assertEquals(
                first, all.stream().filter(frame -> frame.startsWith(ADDRESSES)).toList());
        List<String> tagged =
                all.stream().filter(frame -> !frame.startsWith(ADDRESSES)).toList();
        assertEquals(
                other,
                tagged.stream().map(frame -> frame.replaceFirst("81000003", "")).toList());
    }

    @Test
    void shouldNeedAnRxAndATxPort() {
        List<Input> inputs = List.of(in.input(VlanOperation.NONE));
        List<Output> some = List.of(kept(out.output(VlanOperation.NONE)));
        assertFalse(funnel.isComplete(List.of(), some));
        assertFalse(funnel.isComplete(inputs, Collections.emptyList()));
        assertTrue(funnel.isComplete(inputs, some));
    }

    @Test
    void shouldForgetTheBurstInHandAfterAFault() {
        Component forward = forward(VlanOperation.NONE, VlanOperation.add(9, 0));
        in.put(PLAIN);
        in.afterHandOut = () -> {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        };
        try {
            forward.poll(0);
        } catch (InternalError expected) {
            forward.recover();
        }
        in.afterHandOut = () -> {};
        in.put(TAGGED);
        forward.poll(0);
        assertEquals(List.of(TAGGED.replace("81006065", "81000009")), out.take());
    }
}
