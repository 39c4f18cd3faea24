package io.jspp.secondary.component.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.net.Offload;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Lane;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.worker.Component;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mirror on bursts, shallow and deep. */
class MirrorTest {
    private static final String HEADER = "525400123456" + "020000000099" + "0800";

    private final Lane.Counters counterMemory = new Lane.Counters();
    private final ComponentCounters counters = new ComponentCounters(counterMemory, "m");
    private final Lane in = new Lane("phy:0");
    private final Lane original = new Lane("ring:0");
    private final Lane copy = new Lane("ring:1");
    private final List<Output> outputs = List.of(original.output(VlanOperation.NONE), copy.output(VlanOperation.NONE));
    private StartedComponent started;

    private Component mirror(boolean deep) {
        started = new MirrorType(deep).start("m", counters, Burst.DEFAULT_CAPACITY);
        return started.build(List.of(in.input(VlanOperation.NONE)), outputs);
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
        outputs.forEach(Output::close);
        counters.close();
        List.of(in, original, copy).forEach(Lane::close);
    }

    private static String frame(int number) {
        return HEADER + String.format("%08x", number) + "5a".repeat(42);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendEverythingTwiceInOrder(boolean deep) {
        Component mirror = mirror(deep);
        in.segmentBytes = 17;
        in.offload = Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_TCPV4, 1448, 34, 16);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            frames.add(frame(i));
        }
        in.put(frames.toArray(new String[0]));
        int moved = 0;
        for (int n = mirror.poll(0); n > 0; n = mirror.poll(0)) {
            moved += n;
        }
        assertEquals(1000, moved);
        assertEquals(frames, original.take());
        assertEquals(frames, copy.take());
        assertTrue(copy.sentOffloads().stream().allMatch(word -> word == in.offload));
        assertEquals(1000, counters.get(Count.COPIED));
        assertTrue(original.flushes() > 0);
        assertEquals(original.flushes(), copy.flushes());
    }

    /** The copy goes first, and only the original may give its mbufs away. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandMbufsToTheOriginalOnly(boolean deep) {
        Component mirror = mirror(deep);
        in.mbuf = 70;
        List<String> order = new ArrayList<>();
        original.beforeSend = () -> order.add("original");
        copy.beforeSend = () -> order.add("copy");
        in.put(frame(1), frame(2));
        mirror.poll(0);
        assertEquals(List.of(70, 71), original.sentMbufs());
        assertEquals(List.of(Burst.BORROWED, Burst.BORROWED), copy.sentMbufs());
        assertEquals(List.of("copy", "original"), order);
    }

    /** A guest rewrites its frame while the mirror has it: with deep copies both ports still get the same. */
    @Test
    void shouldGiveBothTheSameWhenDeep() {
        Component mirror = mirror(true);
        original.beforeSend = () -> Memory.fill(in.memory(), 60, (byte) 0x42);
        in.put(frame(1));
        mirror.poll(0);
        assertEquals(List.of(frame(1)), copy.take());
        assertEquals(List.of(frame(1)), original.take());
    }

    /** More than the memory for one moment holds: several moments, nothing lost and nothing out of order. */
    @Test
    void shouldTakeLongFramesInSeveralParts() {
        Component mirror = mirror(true);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String frame = HEADER + String.format("%08x", i) + "a5".repeat(64_000);
            frames.add(frame);
            in.put(frame);
            if (i % 4 == 3) {
                mirror.poll(0);
            }
        }
        assertEquals(frames, original.take());
        assertEquals(frames, copy.take());
    }

    @Test
    void shouldWaitForBothTxPorts() {
        mirror(false);
        List<Input> inputs = List.of(in.input(VlanOperation.NONE));
        assertTrue(started.isComplete(inputs, outputs));
        assertFalse(started.isComplete(inputs, outputs.subList(0, 1)));
        assertFalse(started.isComplete(List.of(), outputs));
    }

    @Test
    void shouldGoOnAfterAFault() {
        Component mirror = mirror(true);
        in.put(frame(1));
        in.afterHandOut = () -> {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        };
        try {
            mirror.poll(0);
        } catch (InternalError expected) {
            mirror.recover();
        }
        in.afterHandOut = () -> {};
        in.put(frame(2));
        mirror.poll(0);
        assertEquals(List.of(frame(2)), original.take());
        assertEquals(List.of(frame(2)), copy.take());
    }
}
