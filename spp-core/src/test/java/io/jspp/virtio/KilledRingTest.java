package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.testing.JvmCommand;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * As {@link PackedRestartTest}, with a device in a process that is really killed -9 at full speed, again and again. Its successor knows nothing but the
 * guest's memory and the segment.
 */
@Timeout(300)
class KilledRingTest {
    private static final int SIZE = 64;
    private static final int CLIENT = 1;
    private static final long KEY = 7;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long V1 = Features.VERSION_1 | Features.RING_PACKED | Features.MRG_RXBUF;
    private static final long MAX_FRAME = 1200;

    private final Random random = new Random(Long.getLong("io.jspp.seed", System.nanoTime()));
    private long sent;

    private static Process start(PackedDriver driver, SwitchSegment segment, boolean sending) throws IOException {
        long pid = ProcessHandle.current().pid();
        String files = "/proc/" + pid + "/fd/";
        List<String> command = JvmCommand.of(KilledRingTest.class);
        command.addAll(List.of(
                files + driver.file.value(),
                Integer.toString(driver.region()),
                Long.toString(driver.features),
                Long.toString(driver.driverArea),
                Long.toString(driver.deviceArea),
                files + segment.fd().value(),
                sending ? "receive" : "transmit"));
        return new ProcessBuilder(command)
                .redirectError(Redirect.INHERIT)
                .redirectOutput(Redirect.DISCARD)
                .start();
    }

    /** The device: takes what the guest sends, or sends numbered frames, until it is killed. */
    public static void main(String[] args) throws Exception {
        long region = Long.parseLong(args[1]);
        GuestMemory memory = GuestMemory.of(List.of(GuestRegion.map(
                Linux.open(args[0], Constants.O_RDWR, 0),
                PackedDriver.GUEST,
                region,
                PackedDriver.USER,
                PackedDriver.MARGIN)));
        SwitchSegment segment = SwitchSegment.attach(Linux.open(args[5], Constants.O_RDWR, 0));
        PackedVirtqueue queue = PackedVirtqueue.open(
                memory,
                Long.parseLong(args[2]),
                SIZE,
                PackedDriver.USER,
                PackedDriver.USER + Long.parseLong(args[3]),
                PackedDriver.USER + Long.parseLong(args[4]),
                PackedVirtqueue.UNKNOWN,
                segment.keptRecords(CLIENT).claim(KEY));
        TestVectors burst = new TestVectors(16, 1280);
        // greater than any of a predecessor
        long number = System.currentTimeMillis() << 20;
        while (true) {
            if (args[6].equals("receive")) {
                burst.receive(queue);
            } else {
                burst.clear();
                for (int i = 0; i < 16; i++) {
                    burst.add(number++, 60 + (int) (number % MAX_FRAME), 1);
                }
                queue.transmit(burst.v, 0, 16);
                queue.takeDrops(new int[Virtqueue.DROP_KINDS]);
            }
            queue.publish();
        }
    }

    /** What the guest does in the meantime; chains that came back. */
    private int turn(PackedDriver driver, boolean sending, boolean indirect) {
        for (int i = 0; i < 8; i++) {
            boolean table = indirect && random.nextBoolean();
            int pieces = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
            if (!sending) {
                driver.post(300, table ? 4 : pieces, table);
            } else if (driver.send(sent, 60 + random.nextInt(1000), pieces, table)) {
                sent++;
            }
        }
        return sending ? driver.pollSent() : driver.pollReceived();
    }

    private void pass(PackedDriver driver, boolean sending, boolean indirect, long chains, Process device) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        long passed = 0;
        while (passed < chains) {
            passed += turn(driver, sending, indirect);
            assertTrue(System.nanoTime() < deadline, () -> "stuck, device " + (device.isAlive() ? "runs" : "ended"));
            if (passed == 0) {
                LockSupport.parkNanos(PAUSE_NS); // leaves the CPU to the JVM that starts
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void killAgainAndAgain(boolean sending, boolean indirect, boolean inOrder, int times) throws Exception {
        long features = V1 | (indirect ? Features.INDIRECT_DESC : 0) | (inOrder ? Features.IN_ORDER : 0);
        SegmentGeometry geometry = new SegmentGeometry(0, 128, 0, 2048, 2, 1, 1, 4096);
        try (PackedDriver driver = new PackedDriver(SIZE, features);
                SwitchSegment segment = SwitchSegment.create("spp-test", geometry, false)) {
            for (int i = 0; i < times; i++) {
                Process device = start(driver, segment, sending);
                try {
                    pass(driver, sending, indirect, 500 + random.nextInt(5000), device);
                } finally {
                    device.destroyForcibly();
                    assertTrue(device.waitFor(30, TimeUnit.SECONDS));
                }
                driver.received.clear();
            }
            assertTrue(driver.marginsIntact());
            // here and now: the position is the driver's
            long record = segment.keptRecords(CLIENT).claim(KEY);
            if (sending) {
                driver.pollSent();
            } else {
                driver.pollReceived();
            }
            try (PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, record)) {
                if (!sending) {
                    driver.pollReceived();
                }
                assertEquals(driver.usedPosition() * 0x10001, queue.position());
            }
        }
    }

    @ParameterizedTest
    @Tag("once")
    @CsvSource({"true, false, false", "true, true, true", "false, false, false", "false, true, false"})
    void shouldGoOnWhereAKilledProcessStood(boolean sending, boolean indirect, boolean inOrder) throws Exception {
        killAgainAndAgain(sending, indirect, inOrder, 2);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({
        "true, false, false",
        "true, true, false",
        "true, true, true",
        "true, false, true",
        "false, false, false",
        "false, true, true"
    })
    void shouldGoOnWhereManyKilledProcessesStood(boolean sending, boolean indirect, boolean inOrder) throws Exception {
        killAgainAndAgain(sending, indirect, inOrder, 25);
    }
}
