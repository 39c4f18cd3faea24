package io.jspp.bench.micro;

import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.PackedLayout;
import io.jspp.virtio.PackedVirtqueue;
import org.openjdk.jmh.annotations.Param;

/** {@link VirtqueueBenchmark} with packed rings: an offer is a store for each descriptor, where a split ring's moves an index. */
public class PackedVirtqueueBenchmark extends VirtqueueBenchmark {
    @Param({"true", "false"})
    public boolean inOrder;

    private static final class PackedSide extends Side {
        private final int flags;
        private final int length;
        private int slot;
        private boolean wrap = true;

        PackedSide(int flags, int length, boolean inOrder) throws GuestMemoryException {
            this.flags = flags;
            this.length = length;
            for (int i = 0; i < SIZE; i++) {
                Memory.putLong(descriptor(i), buffer(i));
            }
            Memory.putInt(base + DRIVER_AREA, PackedLayout.EVENT_DISABLE << 16);
            long features = Features.VERSION_1
                    | Features.RING_PACKED
                    | Features.MRG_RXBUF
                    | Features.CSUM
                    | (inOrder ? Features.IN_ORDER : 0);
            queue = PackedVirtqueue.open(
                    memory, features, SIZE, base, base + DRIVER_AREA, base + DEVICE_AREA, PackedVirtqueue.UNKNOWN, 0);
        }

        private long descriptor(int i) {
            return base + (long) i * PackedLayout.DESCRIPTOR_BYTES;
        }

        @Override
        void offer() {
            for (int i = 0; i < BURST; i++) {
                int state = wrap ? PackedLayout.F_AVAIL : PackedLayout.F_USED;
                long meta = length | (long) slot << 32 | (long) (flags | state) << 48;
                Memory.putLongRelease(descriptor(slot) + PackedLayout.META, meta);
                if (++slot == SIZE) {
                    slot = 0;
                    wrap = !wrap;
                }
            }
        }
    }

    @Override
    Side guest(int flags, int length) throws GuestMemoryException {
        return new PackedSide(flags, length, inOrder);
    }
}
