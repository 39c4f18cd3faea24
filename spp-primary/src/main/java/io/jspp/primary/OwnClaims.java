package io.jspp.primary;

import io.jspp.attach.AttachException;
import io.jspp.linux.FileDescriptor;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
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
                List<FileDescriptor> descriptors = answer.ours()
                        ? answer.descriptors().stream()
                                .map(FileDescriptor::duplicate)
                                .toList()
                        : answer.descriptors();
                return new Grant(descriptors, answer.message().attributes());
            } catch (AttachException e) {
                if (!e.code().equals(AttachException.AGAIN) || System.nanoTime() - begin > AGAIN_LIMIT_NS) {
                    throw new PortException(e.why(), e.getMessage(), e);
                }
            }
            pause();
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
