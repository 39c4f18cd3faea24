package io.jspp.port.afpacket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.flow.FlowRule;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.memory.SharedSegment;
import io.jspp.net.MacAddress;
import io.jspp.net.Offload;
import io.jspp.port.PortException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules that change tags: what the primary writes, what a worker reads of it, what becomes of a frame. */
class FlowEditsTest {
    private static final String ADDRESSES = "525400000001" + "020000000009";
    private static final long DESTINATION = MacAddress.parse("52:54:00:00:00:01");
    private static final long SOURCE = MacAddress.parse("02:00:00:00:00:09");

    private final FlowEdits edits = new FlowEdits("flow-test");
    private final FlowEditor ingress = new FlowEditor(edits.fd().duplicate(), true);
    private final FlowEditor egress = new FlowEditor(edits.fd().duplicate(), false);
    private final NativeMemory memory = NativeMemory.allocate(4096);

    @AfterEach
    void close() {
        memory.close();
        ingress.close();
        egress.close();
        edits.close();
    }

    private static List<FlowRule> rules(String... texts) {
        List<FlowRule> rules = Rules.of(texts);
        FlowCheck.check(rules, 4, true);
        return rules;
    }

    private int tagged(FlowEditor editor, int tci) {
        return editor.find(DESTINATION, SOURCE, 0x8100, true, 0x0800, tci);
    }

    private int untagged(FlowEditor editor) {
        return editor.find(DESTINATION, SOURCE, 0x0800, false, 0x0800, 0);
    }

    @Test
    void shouldHaveNoRulesAtFirst() {
        assertFalse(ingress.refresh());
        assertFalse(egress.refresh());
        assertEquals(TagEdit.NONE, untagged(ingress));
    }

    /** The rules of SPP's guide: a tag is removed on the way in, another one added on the way out. */
    @Test
    void shouldFollowRulesOfBothDirections() {
        edits.write(rules(
                "ingress pattern eth dst is 52:54:00:00:00:01 / vlan vid is 100 / end actions jump group 1 / end",
                "group 1 ingress pattern eth dst is 52:54:00:00:00:01 / vlan vid is 100 / end actions queue index 0 /"
                        + " of_pop_vlan / end",
                "egress group 1 pattern eth src is 02:00:00:00:00:09 / end actions of_push_vlan ethertype 0x8100 /"
                        + " of_set_vlan_vid vlan_vid 200 / of_set_vlan_pcp vlan_pcp 3 / end",
                "egress pattern eth / end actions jump group 1 / end"));
        assertTrue(ingress.refresh());
        assertTrue(egress.refresh());
        int pop = tagged(ingress, 5 << 13 | 100);
        assertFalse(TagEdit.leavesTag(pop, true));
        assertEquals(TagEdit.NONE, tagged(ingress, 101));
        assertEquals(TagEdit.NONE, untagged(ingress));
        int push = untagged(egress);
        assertTrue(TagEdit.leavesTag(push, false));
        assertEquals(3 << 13 | 200, TagEdit.tci(push, 0));
        assertEquals(TagEdit.NONE, egress.find(DESTINATION, SOURCE + 1, 0x0800, false, 0x0800, 0));
        edits.write(List.of());
        assertFalse(ingress.refresh());
        assertFalse(egress.refresh());
    }

    /** What a worker evaluates chooses the rule that the socket filter chooses. */
    @Test
    void shouldChooseTheRuleThatTheFilterChooses() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                int group = random.nextInt(3);
                StringBuilder text =
                        new StringBuilder("ingress group " + group + " priority " + random.nextInt(3) + " pattern eth");
                text.append(random.nextBoolean() ? " dst is 52:54:00:00:00:0" + random.nextInt(3) : "");
                text.append(random.nextInt(3) == 0 ? " src spec 02:00:00:00:00:00 src prefix 40" : "");
                text.append(random.nextInt(4) == 0 ? " type is 0x8100" : "");
                if (random.nextBoolean()) {
                    text.append(" / vlan vid is " + random.nextInt(3));
                    text.append(random.nextBoolean() ? " pcp is 1" : "");
                    text.append(random.nextBoolean() ? " inner_type is 0x0800" : "");
                }
                boolean jumps = group < 2 && random.nextInt(3) == 0;
                // The queue in which a frame ends tells which rule chose it, and so does the VLAN id set.
                int queue = i % 4;
                text.append(
                        jumps
                                ? " / end actions jump group " + (group + 1) + " / end"
                                : " / end actions queue index " + queue + " / of_push_vlan ethertype 0x8100 /"
                                        + " of_set_vlan_vid vlan_vid " + (100 + queue) + " / end");
                texts.add(text.toString());
            }
            List<FlowRule> rules = rules(texts.toArray(new String[0]));
            edits.write(rules);
            ingress.refresh();
            for (int i = 0; i < 40; i++) {
                boolean tagged = random.nextBoolean();
                int tci = random.nextInt(2) << 13 | random.nextInt(3);
                int last = random.nextInt(4);
                int type = random.nextBoolean() ? 0x0800 : 0x0806;
                byte[] frame =
                        HexFormat.of().parseHex("52540000000" + last + "020000000009" + hex(type) + "00".repeat(46));
                int edit = ingress.find(DESTINATION - 1 + last, SOURCE, tagged ? 0x8100 : type, tagged, type, tci);
                for (int queue = 0; queue < 4; queue++) {
                    boolean takes =
                            new FilterMachine(FlowFilter.of(rules, queue, 4).instructions())
                                            .run(frame, tagged ? 0x8100 : 0, tagged ? tci : 0)
                                    != 0;
                    if (edit != TagEdit.NONE) {
                        assertEquals((TagEdit.tci(edit, 0) & 0xfff) == 100 + queue, takes, texts + ", seed " + seed);
                    }
                }
            }
        }
    }

    private static String hex(int type) {
        return String.format("%04x", type);
    }

    /** A frame on its way out: what the kernel gets, and where its checksum begins then. */
    @ParameterizedTest
    @CsvSource({
        "of_pop_vlan, 81006064 0800, 0800",
        "of_pop_vlan, 0800, 0800",
        "of_push_vlan ethertype 0x8100 / of_set_vlan_vid vlan_vid 200, 0800, 810000c80800",
        "of_push_vlan ethertype 0x8100 / of_set_vlan_vid vlan_vid 200, 81006064 0800, 810000c8810060640800",
        "of_set_vlan_vid vlan_vid 200 / of_set_vlan_pcp vlan_pcp 1, 81006064 0800, 810020c80800",
        "of_set_vlan_vid vlan_vid 200, 0800, 0800",
        "of_pop_vlan / of_push_vlan ethertype 0x8100 / of_set_vlan_pcp vlan_pcp 7, 81006064 0800, 8100e0000800",
    })
    void shouldChangeFramesOnTheirWayOut(String actions, String before, String after) {
        edits.write(rules("egress pattern eth / end actions " + actions + " / end"));
        assertTrue(egress.refresh());
        String tags = before.replace(" ", "");
        byte[] frame = HexFormat.of().parseHex(ADDRESSES + tags + "ab".repeat(60));
        Memory.put(memory.address(), frame, 0, frame.length);
        Burst burst = new Burst();
        int start = 34 + (tags.length() - 4) / 2;
        burst.add(
                memory.address(),
                frame.length,
                Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_NONE, 0, start, 16),
                Burst.BORROWED);
        try (EgressTags output = new EgressTags(egress)) {
            assertTrue(output.edit(burst, 0));
            Burst edited = output.edited();
            byte[] sent = new byte[edited.length[0]];
            Frames.copy(edited, 0, memory.address() + 2048);
            Memory.get(memory.address() + 2048, sent, 0, sent.length);
            assertEquals(ADDRESSES + after + "ab".repeat(60), HexFormat.of().formatHex(sent));
            int moved = start + (after.length() - tags.length()) / 2;
            assertEquals(moved, Offload.csumStart(edited.offload[0]));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ingress pattern eth / end actions of_pop_vlan / end | action: an ingress rule has one queue",
                "ingress pattern eth / end actions queue index 0 / queue index 1 / end | action: an ingress rule has one",
                "ingress pattern eth / end actions jump group 1 / of_pop_vlan / end | action: jump is followed alone",
                "egress pattern eth / end actions queue index 0 / end | action: an egress rule changes tags or jumps",
                "egress pattern eth / end actions end | action: an egress rule changes tags or jumps",
                "egress pattern eth / end actions of_pop_vlan / of_pop_vlan / end | action: of_pop_vlan comes first",
                "egress pattern eth / end actions of_set_vlan_vid vlan_vid 1 / of_push_vlan ethertype 0x8100 / end"
                        + " | action: of_push_vlan comes before",
                "egress pattern eth / end actions of_push_vlan ethertype 0x88a8 / end | action: of_push_vlan ethertype",
                "egress pattern eth / end actions of_pop_vlan / of_set_vlan_vid vlan_vid 1 / end | action: after of_pop",
            })
    void shouldRefuseWhatItCantFollow(String text, String sentence) {
        PortException refused = assertThrows(PortException.class, () -> rules(text));
        assertTrue(refused.getMessage().startsWith(sentence), refused.getMessage());
    }

    /** As a damaged or malicious writer would leave it. */
    @Test
    void shouldReadNoMoreRulesThanThereIsRoomFor() {
        edits.write(rules("ingress pattern eth / end actions queue index 0 / of_pop_vlan / end"));
        try (FlowEditor large = new FlowEditor(edits.fd().duplicate(), false);
                FlowEditor negative = new FlowEditor(edits.fd().duplicate(), false);
                SharedSegment damaged = SharedSegment.attach(edits.fd().duplicate(), FlowEdits.LAYOUT_HASH)) {
            Memory.putLong(damaged.sectionAddress(0) + FlowEdits.INGRESS, Long.MAX_VALUE);
            Memory.putLong(damaged.sectionAddress(0) + FlowEdits.EGRESS, Long.MAX_VALUE);
            assertTrue(large.refresh());
            Memory.putLong(damaged.sectionAddress(0) + FlowEdits.EGRESS, -1);
            assertFalse(negative.refresh());
        }
    }

    /** A worker sees the rules of one moment while they change, and never a mixture. */
    @Test
    void shouldNeverSeeHalfOfAChange() throws InterruptedException {
        List<List<FlowRule>> versions = new ArrayList<>();
        for (int vid = 1; vid <= 2; vid++) {
            versions.add(rules(Collections.nCopies(
                            300,
                            "ingress pattern eth src is 00:00:00:00:00:01 / end actions queue index 0 /"
                                    + " of_push_vlan ethertype 0x8100 / of_set_vlan_vid vlan_vid " + vid + " / end")
                    .toArray(new String[0])));
        }
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 2000; i++) {
                edits.write(versions.get(i & 1));
            }
        });
        writer.start();
        int seen = 0;
        while (writer.isAlive() || seen == 0) {
            if (ingress.refresh()) {
                int first = ingress.edit(0);
                assertEquals(first, ingress.edit(150));
                assertEquals(first, ingress.edit(299));
                seen++;
            }
        }
        writer.join();
        assertTrue(seen > 0);
    }
}
