package io.jspp.port.vhost;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.NativeMemory;
import io.jspp.virtio.Virtqueue;

/**
 * Where the session thread puts a running virtqueue and one worker finds it: one volatile field, read once per burst. Whoever read it may use the
 * queue until its next quiescent point.
 *
 * <p>For a ring that guests transmit by it also holds what the worker sleeps on: an epoll over the guest's kick and an own eventfd that says
 * "look at the ring". Both are edge-triggered and never read: a read of a descriptor that a guest shares could block.
 */
final class VringSlot implements AutoCloseable {
    private static final int MAX_EVENTS = 4;
    private static final int NO_KICK = -1;

    private final FileDescriptor epoll;
    private final FileDescriptor wake;
    private final NativeMemory events = NativeMemory.allocate((long) MAX_EVENTS * Layouts.EpollEvent.SIZE);
    private int kick = NO_KICK;

    private volatile Virtqueue queue;

    VringSlot() {
        epoll = Linux.epollCreate();
        wake = Linux.eventfd();
        watch(wake.value());
    }

    private void watch(int fd) {
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, fd, Constants.EPOLLIN | Constants.EPOLLET, fd);
    }

    /** Session thread. */
    void publish(Virtqueue started, int kickDescriptor) {
        kick = kickDescriptor;
        if (kick != NO_KICK) {
            watch(kick);
        }
        queue = started;
        Linux.eventfdWrite(wake.value());
    }

    /** Session thread. */
    void unpublish() {
        queue = null;
        if (kick != NO_KICK) {
            try {
                Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_DEL, kick, 0, 0);
            } catch (LinuxException e) {
                // It was never added, because adding failed; nothing is left to do.
                kick = NO_KICK;
            }
            kick = NO_KICK;
        }
    }

    /** The running queue, or null. Any thread. */
    Virtqueue queue() {
        return queue;
    }

    /** Pollable, the same for the slot's life. */
    int wakeFd() {
        return epoll.value();
    }

    /** Forgets wake-ups that came. Worker. */
    void drain() {
        Linux.epollWait(epoll.value(), events.address(), MAX_EVENTS, 0);
    }

    @Override
    public void close() {
        epoll.close();
        wake.close();
        events.close();
    }
}
