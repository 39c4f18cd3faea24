package io.jspp.bench.micro;

import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.SplitLayout;
import io.jspp.virtio.SplitVirtqueue;

/** {@link VirtqueueBenchmark} with split rings. */
public class SplitVirtqueueBenchmark extends VirtqueueBenchmark {
    private static final class SplitSide extends Side {
        private final long availIdx;
        private int idx;

        SplitSide(int flags, int length) throws GuestMemoryException {
            long avail = base + DRIVER_AREA;
            for (int i = 0; i < SIZE; i++) {
                long descriptor = base + (long) i * SplitLayout.DESCRIPTOR_BYTES;
                Memory.putLong(descriptor, buffer(i));
                Memory.putInt(descriptor + 8, length);
                Memory.putInt(descriptor + 12, flags);
                Memory.putShort(avail + SplitLayout.AVAIL_RING + 2L * i, (short) i);
            }
            Memory.putShort(avail, (short) SplitLayout.AVAIL_F_NO_INTERRUPT);
            availIdx = avail + SplitLayout.AVAIL_IDX;
            long features = Features.VERSION_1 | Features.MRG_RXBUF | Features.CSUM | Features.IN_ORDER;
            queue = SplitVirtqueue.open(memory, features, SIZE, base, avail, base + DEVICE_AREA, 0);
        }

        @Override
        void offer() {
            idx += BURST;
            Memory.putShortRelease(availIdx, (short) idx);
        }
    }

    @Override
    Side guest(int flags, int length) throws GuestMemoryException {
        return new SplitSide(flags, length);
    }
}
