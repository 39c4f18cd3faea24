package io.jspp.primary;

import io.jspp.attach.AttachException;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.LinuxException;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Claims of the primary's forwarder: granted by the same registry as those of secondaries, without a socket in between. Control thread. */
final class OwnClaims implements Claims {
    /** As long as a secondary is ready to wait for a primary that asks for patience. */
    private static final long AGAIN_LIMIT_NS = TimeUnit.SECONDS.toNanos(6);

    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Registry registry;

    OwnClaims(Registry registry) {
        this.registry = registry;
    }

    @Override
    public Grant claim(PortId port, int queue, Direction direction) {
        ClaimKey key = new ClaimKey(port, queue, direction);
        long begin = System.nanoTime();
        while (true) {
            try {
                Answer answer = registry.claimOwn(key);
                List<FileDescriptor> descriptors =
                        answer.ours() ? duplicates(key, answer.descriptors()) : answer.descriptors();
                return new Grant(descriptors, answer.message().attributes());
            } catch (AttachException e) {
                if (!e.code().equals(AttachException.AGAIN) || System.nanoTime() - begin > AGAIN_LIMIT_NS) {
                    throw new PortException(e.why(), e.getMessage(), e);
                }
            }
            pause();
        }
    }

    /** The claim ends when there are no descriptors left for it. */
    private List<FileDescriptor> duplicates(ClaimKey key, List<FileDescriptor> descriptors) {
        List<FileDescriptor> copies = new ArrayList<>();
        try {
            descriptors.forEach(descriptor -> copies.add(descriptor.duplicate()));
            return copies;
        } catch (LinuxException e) {
            FileDescriptor.closeAll(copies);
            registry.releaseOwn(key);
            throw new PortException("claim of " + key + ": " + e.getMessage() + ": raise the limit of open files", e);
        }
    }

    private static void pause() {
        LockSupport.parkNanos(RETRY_NS);
        if (Thread.currentThread().isInterrupted()) {
            throw new PortException("interrupted while waiting for other secondaries to come back");
        }
    }

    @Override
    public void release(PortId port, int queue, Direction direction) {
        registry.releaseOwn(new ClaimKey(port, queue, direction));
    }
}
