package io.jspp.port.afpacket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.flow.FlowRule;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Sockets;
import io.jspp.port.PortException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The filters of all queues together: every frame is taken by exactly one of them, and by the right one. */
class FlowFilterTest {
    private static final int QUEUES = 4;
    private static final String FIRST = "525400000001";
    private static final String SECOND = "525400000002";

    private static byte[] frame(String destination, int type, int length) {
        byte[] frame = new byte[length];
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) Integer.parseInt(destination.substring(2 * i, 2 * i + 2), 16);
        }
        frame[6] = 2;
        frame[12] = (byte) (type >> 8);
        frame[13] = (byte) type;
        return frame;
    }

    /** The one queue that takes the frame. */
    private static int queue(List<FlowRule> rules, byte[] frame, int tpid, int tci) {
        int taker = -1;
        for (int queue = 0; queue < QUEUES; queue++) {
            int answer = new FilterMachine(FlowFilter.of(rules, queue, QUEUES).instructions()).run(frame, tpid, tci);
            if (answer != 0) {
                assertTrue(answer >= 65536, "cut to " + answer);
                assertEquals(-1, taker, "taken twice: " + Arrays.toString(frame));
                taker = queue;
            }
        }
        assertTrue(taker >= 0, "taken by none: " + Arrays.toString(frame));
        return taker;
    }

    @Test
    void shouldSendWhatMatchesToItsQueue() {
        List<FlowRule> rules = Rules.of(
                "ingress pattern eth dst is 52:54:00:00:00:01 / end actions queue index 2 / end",
                "priority 1 ingress pattern eth dst spec 52:54:00:00:00:00 dst prefix 24 / end actions queue index 3 / end",
                "priority 1 ingress pattern eth / vlan vid is 100 pcp is 5 / end actions queue index 1 / end",
                "ingress pattern eth type is 0x88cc / end actions queue index 0 / end");
        assertEquals(2, queue(rules, frame(FIRST, 0x0800, 60), 0, 0));
        assertEquals(3, queue(rules, frame(SECOND, 0x0800, 60), 0, 0));
        assertEquals(1, queue(rules, frame("020000000009", 0x0800, 60), 0x8100, 5 << 13 | 1 << 12 | 100));
        int other = queue(rules, frame("020000000009", 0x0806, 60), 0, 0);
        assertEquals(other, queue(rules, frame("020000000009", 0x0806, 60), 0x8100, 4 << 13 | 100), "another priority");
        assertEquals(other, queue(rules, frame("020000000009", 0x88cc, 60), 0x8100, 7), "the type behind a tag");
        assertEquals(0, queue(rules, frame("020000000009", 0x88cc, 60), 0, 0));
    }

    @Test
    void shouldFollowJumpsAndPriorities() {
        List<FlowRule> rules = Rules.of(
                "ingress pattern eth type is 0x8100 / end actions jump group 3 / end",
                "ingress group 3 priority 5 pattern eth / vlan / end actions queue index 3 / end",
                "ingress group 3 priority 4 pattern eth / vlan inner_type is 0x0806 / end actions queue index 2 / end",
                "ingress pattern eth src is 02:00:00:00:00:00 type is 2 / end actions jump group 9 / end",
                "ingress group 1 pattern eth / end actions queue index 0 / end");
        assertEquals(3, queue(rules, frame(FIRST, 0x0800, 60), 0x8100, 1));
        assertEquals(2, queue(rules, frame(FIRST, 0x0806, 60), 0x8100, 1));
        int shared = queue(List.of(), frame(FIRST, 2, 60), 0, 0);
        assertEquals(shared, queue(rules, frame(FIRST, 2, 60), 0, 0), "group 9 is empty, nobody jumps to group 1");
    }

    @Test
    void shouldShareOutWhatNoRuleMatchesKeepingFlowsTogether() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] taken = new int[QUEUES];
        for (int i = 0; i < 4000; i++) {
            boolean six = random.nextBoolean();
            byte[] frame = frame(FIRST, six ? 0x86dd : 0x0800, 60 + random.nextInt(40));
            byte[] addresses = new byte[six ? 32 : 8];
            random.nextBytes(addresses);
            System.arraycopy(addresses, 0, frame, six ? 22 : 26, addresses.length);
            frame[14] = (byte) (six ? 0x60 : 0x45);
            frame[six ? 20 : 23] = (byte) (random.nextBoolean() ? 17 : 6);
            int ports = six ? 54 : 34;
            frame[ports] = (byte) random.nextInt();
            frame[ports + 1] = (byte) random.nextInt();
            frame[ports + 3] = 80;
            int queue = queue(List.of(), frame, 0, 0);
            taken[queue]++;
            byte[] back = frame.clone();
            int half = addresses.length / 2;
            System.arraycopy(addresses, half, back, six ? 22 : 26, half);
            System.arraycopy(addresses, 0, back, (six ? 22 : 26) + half, half);
            System.arraycopy(frame, ports, back, ports + 2, 2);
            System.arraycopy(frame, ports + 2, back, ports, 2);
            assertEquals(queue, queue(List.of(), back, 0, 0), "the other direction, seed " + seed);
        }
        for (int count : taken) {
            assertTrue(count > 700 && count < 1300, Arrays.toString(taken) + ", seed " + seed);
        }
    }

    @Test
    void shouldTakeAnyFrameOnce() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<FlowRule> rules =
                Rules.of("ingress pattern eth dst is 52:54:00:00:00:01 / end actions queue index 2 / end");
        for (int i = 0; i < 4000; i++) {
            byte[] frame = new byte[14 + random.nextInt(60)];
            random.nextBytes(frame);
            if (random.nextBoolean()) {
                frame[12] = (byte) (random.nextBoolean() ? 0x08 : 0x86);
                frame[13] = (byte) (frame[12] == 8 ? 0 : 0xdd);
            }
            queue(rules, frame, random.nextBoolean() ? 0x8100 : 0, random.nextInt(65536));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "egress pattern eth / end actions of_pop_vlan / end | attribute: egress needs flow=1",
                "transfer ingress pattern eth / end actions queue index 0 / end | attribute: transfer is not followed",
                "ingress pattern vlan / end actions queue index 0 / end | pattern: eth, or eth and then vlan",
                "ingress pattern eth / eth / end actions queue index 0 / end | pattern: eth, or eth and then vlan",
                "ingress pattern eth type spec 1 type last 5 / end actions queue index 0 / end | pattern: ranges",
                "ingress pattern eth / end actions queue index 4 / end | action: no queue 4, the port has 4",
                "ingress group 2 pattern eth / end actions jump group 2 / end | action: jump from group 2 to 2",
                "ingress pattern eth / end actions queue index 0 / of_pop_vlan / end | action: changing tags needs flow=1",
            })
    void shouldRefuseWhatItCantFollow(String text, String sentence) {
        PortException refused = assertThrows(PortException.class, () -> FlowCheck.check(Rules.of(text), QUEUES, false));
        assertTrue(refused.getMessage().startsWith(sentence), refused.getMessage());
    }

    @Test
    void shouldRefuseMoreRulesThanTheKernelTakes() {
        String[] many = new String[800];
        Arrays.fill(many, "ingress pattern eth dst is 52:54:00:00:00:01 type is 7 / end actions queue index 1 / end");
        assertTrue(assertThrows(PortException.class, () -> FlowFilter.of(Rules.of(many), 0, QUEUES))
                .getMessage()
                .startsWith("no more flow rules: the filter has "));
    }

    /** The kernel checks a filter when it is attached: codes, jumps, its end. Any kind of socket will do. */
    @Test
    void shouldMakeWhatTheKernelAccepts() {
        String[] some = new String[150];
        Arrays.fill(
                some,
                "ingress pattern eth dst is 52:54:00:00:00:01 src is 02:00:00:00:00:01 type is 0x8100 / vlan vid is 7"
                        + " inner_type is 0x0800 / end actions jump group 1 / end");
        try (FileDescriptor socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0)) {
            FlowFilter.of(List.of(), 1, 2).attach(socket);
            FlowFilter.of(Rules.of(some), 1, 2).attach(socket);
        }
    }
}
