package io.jspp.port;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.memory.NativeMemory;

/**
 * What one worker sleeps on for any number of queues that come and go while it sleeps: an epoll over their descriptors and an own eventfd that
 * says "look at them". Both are edge-triggered and never read: a read of a descriptor that a guest shares could block.
 *
 * <p>Made and closed by the control thread; {@link #drain} is the worker's; all else any thread.
 */
public final class WakeSet implements AutoCloseable {
    private static final int MAX_EVENTS = 8;

    private final FileDescriptor epoll;
    private final FileDescriptor wake;
    private final NativeMemory events = NativeMemory.allocate((long) MAX_EVENTS * Layouts.EpollEvent.SIZE);

    public WakeSet() {
        epoll = Linux.epollCreate();
        wake = Linux.eventfd();
        add(wake.value());
    }

    /** Pollable, the same for the set's life. */
    public int fd() {
        return epoll.value();
    }

    /** @throws io.jspp.linux.LinuxException when the kernel refuses it */
    public void add(int fd) {
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, fd, Constants.EPOLLIN | Constants.EPOLLET, fd);
    }

    /** @throws io.jspp.linux.LinuxException when it was not in the set */
    public void remove(int fd) {
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_DEL, fd, 0, 0);
    }

    /** Wakes who sleeps on it. */
    public void wake() {
        Linux.eventfdWrite(wake.value());
    }

    /** Forgets wake-ups that came. */
    public void drain() {
        while (Linux.epollWait(epoll.value(), events.address(), MAX_EVENTS, 0) == MAX_EVENTS) {
            continue; // more than one portion was ready; each call takes a portion away, since all are edge-triggered
        }
    }

    @Override
    public void close() {
        epoll.close();
        wake.close();
        events.close();
    }
}
