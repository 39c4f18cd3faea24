package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import io.jspp.virtio.Features;
import io.jspp.virtio.SplitLayout;

/** Requests about one ring each. What is refused changes nothing: a running ring goes on with its former parameters. Session thread. */
final class RingRequests {
    /** Bit 0 of the flags of SET_VRING_ADDR, VHOST_VRING_F_LOG: writes to the used ring are to be logged. */
    private static final int ADDRESS_F_LOG = 1;

    private final Vrings vrings;

    RingRequests(Vrings vrings) {
        this.vrings = vrings;
    }

    /** A parameter of a ring changes: if it runs it stops, and starts again at the same place with everything validated anew. */
    private void change(Vring vring, Vring.Parameters next) throws RequestRefused {
        Vring.Parameters before = vring.parameters;
        if (next.equals(before)) {
            return;
        }
        boolean wasStarted = vring.started();
        vrings.stop(vring);
        try {
            vring.parameters = next;
            goOn(vring, wasStarted);
        } catch (RequestRefused e) {
            vring.parameters = before;
            goOn(vring, wasStarted);
            throw e;
        }
    }

    private void goOn(Vring vring, boolean wasStarted) throws RequestRefused {
        if (wasStarted) {
            vring.resumeHere();
        }
        vrings.advance(vring);
    }

    long setSize(Message message) throws RequestRefused {
        Vring vring = vrings.find(message.u32(0));
        int size = message.u32(4);
        boolean anySize = Features.has(vrings.features(), Features.RING_PACKED);
        if (size < 1 || size > SplitLayout.MAX_SIZE || !anySize && (size & size - 1) != 0) {
            throw new RequestRefused("queue size " + Integer.toUnsignedString(size) + ": "
                    + (anySize ? "1 to 32768" : "a power of two up to 32768") + " expected");
        }
        change(vring, vring.parameters.withSize(size));
        return 0;
    }

    /**
     * Payload: index u32, flags u32, then as the front-end counts descriptors u64, used u64, avail u64, and the used ring's guest address u64 for
     * the log. Logging finds guest addresses by itself and includes the rings, so neither the flag nor the last address changes anything.
     */
    long setAddress(Message message) throws RequestRefused {
        Vring vring = vrings.find(message.u32(0));
        int flags = message.u32(4);
        if ((flags & ~ADDRESS_F_LOG) != 0) {
            throw new RequestRefused("flags 0x" + Integer.toHexString(flags));
        }
        change(vring, vring.parameters.withAddresses(message.u64(8), message.u64(24), message.u64(16)));
        return 0;
    }

    /**
     * Not needed for a split ring, which goes on where its used index stands: the front-end reads it there too when it restores a ring after our
     * restart. Of a packed ring it does not know the position then; what it says otherwise is believed.
     */
    long setBase(Message message) throws RequestRefused {
        Vring vring = vrings.find(message.u32(0));
        if (vring.started()) {
            throw new RequestRefused("vring " + vring.index + " is running");
        }
        vring.setBase(message.u32(4));
        return 0;
    }

    long getBase(Message message) throws RequestRefused {
        Vring vring = vrings.find(message.u32(0));
        vrings.stop(vring);
        return vring.index | (long) vrings.takePosition(vring) << 32;
    }

    long setKick(Message message) throws RequestRefused {
        Vring vring = vrings.find(eventIndex(message));
        FileDescriptor kick = event(message);
        vrings.setKick(vring, kick);
        return 0;
    }

    long setCall(Message message) throws RequestRefused {
        Vring vring = vrings.find(eventIndex(message));
        retire(vring.setCall(event(message)));
        return 0;
    }

    long setError(Message message) throws RequestRefused {
        Vring vring = vrings.find(eventIndex(message));
        retire(vring.setError(event(message)));
        return 0;
    }

    private void retire(FileDescriptor old) {
        if (old != null) {
            vrings.synchronize();
            old.close();
        }
    }

    /** Word of KICK, CALL and ERR: index in bits 0-7, bit 8 says that no descriptor comes along. */
    private static int eventIndex(Message message) throws RequestRefused {
        long word = message.u64(0);
        if ((word & ~(long) (Requests.VRING_INDEX_MASK | Requests.VRING_NO_DESCRIPTOR)) != 0) {
            throw new RequestRefused("index word 0x" + Long.toHexString(word));
        }
        boolean without = (word & Requests.VRING_NO_DESCRIPTOR) != 0;
        if (without != (message.descriptorCount() == 0)) {
            throw new RequestRefused(without ? "a descriptor though its absence is announced" : "no descriptor");
        }
        return (int) word & Requests.VRING_INDEX_MASK;
    }

    private static FileDescriptor event(Message message) throws RequestRefused {
        FileDescriptor sent = message.takeDescriptor();
        return sent == null ? null : Vring.eventDescriptor(sent);
    }

    long setEnable(Message message) throws RequestRefused {
        Vring vring = vrings.find(message.u32(0));
        int on = message.u32(4);
        if (on < 0 || on > 1) {
            throw new RequestRefused("enable " + Integer.toUnsignedString(on) + ", 0 or 1 expected");
        }
        boolean before = vring.enabled;
        vring.enabled = on == 1;
        if (!vring.enabled) {
            vrings.disable(vring);
        }
        try {
            vrings.advance(vring);
        } catch (RequestRefused e) {
            vring.enabled = before;
            throw e;
        }
        return 0;
    }
}
