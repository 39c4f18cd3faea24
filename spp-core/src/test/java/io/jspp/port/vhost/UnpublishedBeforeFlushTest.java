package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestRegion;
import io.jspp.virtio.SplitLayout;
import io.jspp.virtio.SplitVirtqueue;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The session thread may take a ring away between a worker's burst and its flush: the guest is called for the burst all the same. */
class UnpublishedBeforeFlushTest {
    private static final int SIZE = 1 << 20;
    private static final long AVAIL = 0x2000;
    private static final long USED = 0x3000;
    private static final long BUFFER = 0x10000;

    @TempDir
    Path directory;

    @Test
    void shouldCallTheGuestForWhatItWasGiven() throws Exception {
        FileDescriptor file = Linux.memfdCreate("guest", 0);
        Linux.ftruncate(file.value(), SIZE);
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE);
                MappedMemory driver = MappedMemory.shared(file.value(), 0, SIZE);
                GuestMemory memory = GuestMemory.of(List.of(GuestRegion.map(file, 0, SIZE, 0, 0)));
                SplitVirtqueue queue = SplitVirtqueue.open(memory, Victim.PLAIN, 256, 0, AVAIL, USED, -1);
                FileDescriptor call = Linux.eventfd()) {
            Memory.putLong(driver.address(), BUFFER);
            Memory.putInt(driver.address() + 8, 2048);
            Memory.putInt(driver.address() + 12, HostileGuest.WRITE);
            Memory.putShortRelease(driver.address() + AVAIL + SplitLayout.AVAIL_IDX, (short) 1);
            queue.descriptors(-1, call.value(), -1);
            VringSlot slot = new VringSlot();
            VhostTxQueue tx = new VhostTxQueue((VhostPort) lab.open(0), 5, slot);
            slot.publish(queue, -1);
            Burst burst = new Burst();
            burst.packets = 1;
            burst.count[0] = 1;
            burst.length[0] = 60;
            burst.segmentLength[0] = 60;
            burst.segmentAddress[0] = driver.address() + 2 * BUFFER;
            burst.segments = 1;
            assertEquals(1, tx.txBurst(burst));
            slot.unpublish();
            tx.flush();
            assertEquals(8, Linux.eventfdRead(call.value()), "not called");
            tx.flush();
            assertEquals(-Errno.EAGAIN, Linux.eventfdRead(call.value()), "called without need");
            tx.close();
        }
    }
}
