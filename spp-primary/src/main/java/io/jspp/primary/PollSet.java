package io.jspp.primary;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/** Descriptors to wait for, rebuilt for every wait, and what to do when one is readable or hung up. One thread. */
final class PollSet implements AutoCloseable {
    private static final int CAPACITY = 1024;

    private final NativeMemory memory = NativeMemory.allocate((long) CAPACITY * Layouts.Pollfd.SIZE);
    private final List<Runnable> handlers = new ArrayList<>();

    void clear() {
        handlers.clear();
    }

    /** Adds a descriptor that must stay open until {@link #await} has returned. */
    void add(int fd, Runnable handler) {
        if (handlers.size() == CAPACITY) {
            throw new IllegalStateException("more than " + CAPACITY + " descriptors to poll");
        }
        long entry = memory.address() + (long) handlers.size() * Layouts.Pollfd.SIZE;
        Memory.putInt(entry + Layouts.Pollfd.FD, fd);
        Memory.putShort(entry + Layouts.Pollfd.EVENTS, (short) Constants.POLLIN);
        Memory.putShort(entry + Layouts.Pollfd.REVENTS, (short) 0);
        handlers.add(handler);
    }

    /** Waits for events or the timeout, then runs the handlers of those that came, in order of {@link #add}. */
    void await(int timeoutMs) {
        int result = Linux.poll(memory.address(), handlers.size(), timeoutMs);
        if (result == -Errno.EINTR) {
            return;
        }
        if (result < 0) {
            throw new LinuxException("poll", -result, handlers.size() + " descriptors");
        }
        List<Runnable> ready = new ArrayList<>();
        for (int i = 0; i < handlers.size(); i++) {
            long entry = memory.address() + (long) i * Layouts.Pollfd.SIZE;
            if (Memory.getShort(entry + Layouts.Pollfd.REVENTS) != 0) {
                ready.add(handlers.get(i));
            }
        }
        ready.forEach(Runnable::run);
    }

    @Override
    public void close() {
        memory.close();
    }
}
