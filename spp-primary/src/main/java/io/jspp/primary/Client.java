package io.jspp.primary;

import io.jspp.attach.AttachConnection;
import io.jspp.attach.ProcessIdentity;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;

/** One attached secondary as the primary knows it. Guarded by the {@link Registry}. */
final class Client {
    private static final int SIGKILL = 9;

    private final int id;
    private final String type;
    private final int epoch;
    private final int counterArea;
    private final ProcessIdentity process;
    private final FileDescriptor pidfd;
    private AttachConnection connection;
    private long lostNs;
    private boolean expected;

    /** Takes over {@code pidfd}, which is null for this process itself. */
    Client(int id, String type, int epoch, int counterArea, ProcessIdentity process, FileDescriptor pidfd) {
        this.id = id;
        this.type = type;
        this.epoch = epoch;
        this.counterArea = counterArea;
        this.process = process;
        this.pidfd = pidfd;
    }

    int id() {
        return id;
    }

    String type() {
        return type;
    }

    int epoch() {
        return epoch;
    }

    int counterArea() {
        return counterArea;
    }

    ProcessIdentity process() {
        return process;
    }

    FileDescriptor pidfd() {
        return pidfd;
    }

    /** Certain: the kernel says that the process has ended. */
    boolean dead() {
        return Linux.pollOne(pidfd.value(), Constants.POLLIN, 0) != 0;
    }

    /** Its connection, or null. */
    AttachConnection connection() {
        return connection;
    }

    void connected(AttachConnection newConnection) {
        connection = newConnection;
        expected = false;
    }

    void connectionLost(long nowNs) {
        connection = null;
        lostNs = nowNs;
    }

    /** It attached to an earlier primary and hasn't come to this one yet. */
    boolean expected() {
        return expected;
    }

    void expect() {
        expected = true;
    }

    /** How long it has been running without a connection that it closed itself; 0 while connected or expected. */
    long silentNs(long nowNs) {
        return connection != null || expected ? 0 : nowNs - lostNs;
    }

    /** Ends a process that closed its connection but goes on: what it holds can't be taken back before. */
    void kill() {
        Linux.pidfdSendSignal(pidfd.value(), SIGKILL);
    }

    /** {@code nfv 1 (pid 4711)}, {@code primary (pid 4700)}. */
    @Override
    public String toString() {
        return type + (id == Registry.SELF ? "" : " " + id) + " (pid " + process.pid() + ")";
    }
}
