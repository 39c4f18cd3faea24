package io.jspp.linux;

import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * Adds 1 to an eventfd that belongs to somebody else, and never blocks whatever its owner does to it.
 *
 * <p>O_NONBLOCK sits on the open file, which the owner shares: it can clear the flag and fill the counter, and a write(2) then blocks for ever,
 * also behind a poll(2) that found room. So the count comes from the kernel's own side instead, as for a card's interrupt: a request of the
 * kernel's asynchronous I/O (io_submit(2), linux/aio_abi.h) that is done at once, namely whether /dev/null is ready, names the eventfd as the one
 * to tell (IOCB_FLAG_RESFD). That signal stops at the counter's maximum instead of waiting, and the kernel takes eventfds only.
 *
 * <p>Where there is no such I/O (sandboxes, fs.aio-max-nr used up) poll(2) guards the write; an owner that fills its counter just in between can
 * block the caller there, {@link #surelyNonBlocking} tells. {@link #raise}: any thread.
 */
public final class EventSignal {
    private static final int NONE = -1;

    // struct iocb, little-endian
    private static final int OPCODE = 16;
    private static final int FD = 20;
    private static final int MASK = 24;
    private static final int FLAGS = 56;
    private static final int RESULT_FD = 60;
    private static final int IOCB_SIZE = 64;
    /** Behind the iocb: the list of one iocb, and a struct pollfd. */
    private static final int LIST = IOCB_SIZE;

    private static final int POLLFD = LIST + 8;
    private static final int SIZE = POLLFD + Layouts.Pollfd.SIZE;

    private static final int IOCB_CMD_POLL = 5;
    private static final int IOCB_FLAG_RESFD = 1;

    // struct aio_ring
    private static final int HEAD = 8;
    private static final int TAIL = 12;
    private static final int RING_HEADER = 32;

    private static final int REQUESTS = 64;
    private static final int TRIES = 3;
    private static final long SYS_IO_SETUP = Constants.isArm64() ? 0 : 206;
    private static final long SYS_IO_SUBMIT = Constants.isArm64() ? 2 : 209;

    /** One context of asynchronous I/O for the process, made at first use, ended by its exit. */
    private static final class Kernel {
        static final long CONTEXT;
        static final Pointer RING;
        static final int ALWAYS_READY;

        static {
            Pointer result = Native.allocate(8);
            int file = openNull();
            boolean made = file != NONE && Native.C.syscall(SYS_IO_SETUP, REQUESTS, result.address(), 0, 0) == 0;
            CONTEXT = made ? result.getLong(0) : 0;
            RING = made ? Native.at(CONTEXT, RING_HEADER) : null;
            ALWAYS_READY = file;
        }

        private static int openNull() {
            try {
                return Linux.open("/dev/null", Constants.O_RDWR, 0).release();
            } catch (LinuxException e) {
                return NONE; // the other way is used, and said
            }
        }

        private Kernel() {}
    }

    private final boolean asynchronous;
    private final Pointer request = Native.allocate(SIZE);
    private volatile int target = NONE;

    /** No target yet. */
    public EventSignal() {
        this(surelyNonBlocking());
    }

    EventSignal(boolean asynchronous) {
        this.asynchronous = asynchronous;
        if (asynchronous) {
            request.putShort(OPCODE, (short) IOCB_CMD_POLL);
            request.putInt(FD, Kernel.ALWAYS_READY);
            request.putLong(MASK, Constants.POLLOUT);
            request.putInt(FLAGS, IOCB_FLAG_RESFD);
            request.putLong(LIST, request.address());
        }
        request.putShort(POLLFD + Layouts.Pollfd.EVENTS, (short) Constants.POLLOUT);
    }

    /** Whether the kernel lets this process signal without writing; false: a hostile owner may block {@link #raise}. */
    public static boolean surelyNonBlocking() {
        return Kernel.RING != null;
    }

    /** The eventfd from now on, -1: none. It stays open until no {@link #raise} can be using it. Any thread. */
    public void target(int fd) {
        request.putInt(RESULT_FD, fd);
        request.putInt(POLLFD + Layouts.Pollfd.FD, fd);
        target = fd;
    }

    /** Adds 1, or nothing when the counter is full, which its owner then sees as readable all the same. One system call. Hot. */
    public void raise() {
        if (target == NONE) {
            return;
        }
        if (!asynchronous || !submit()) {
            writeWhenReady();
        }
        Reference.reachabilityFence(this);
    }

    private boolean submit() {
        Pointer ring = Kernel.RING;
        for (int i = 0; i < TRIES; i++) {
            int r = Native.result(
                    (int) Native.C.syscall(SYS_IO_SUBMIT, Kernel.CONTEXT, 1, request.address() + LIST, 0));
            // Nobody wants the completions: their ring is emptied. Several threads may do so, an older tail only
            // empties less.
            ring.putInt(HEAD, ring.getInt(TAIL));
            if (r != -Errno.EAGAIN) {
                return true;
            }
        }
        return false;
    }

    private void writeWhenReady() {
        int fd = target;
        long pollfd = request.address() + POLLFD;
        if (Native.C.poll(pollfd, 1, 0) == 1) {
            Linux.eventfdWrite(fd);
        }
    }
}
