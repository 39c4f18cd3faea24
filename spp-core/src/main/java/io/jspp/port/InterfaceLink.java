package io.jspp.port;

import io.jspp.linux.Constants;
import io.jspp.linux.LinuxException;
import io.jspp.linux.NetDevice;
import io.jspp.state.Cause;

/**
 * One queue's view of a kernel interface, followed by index, found again by name. {@link #check} runs on the port's
 * {@link LinkMonitor}; the queue's worker reads {@link #isUp} and {@link #mtu}; any thread {@link #state}.
 */
public final class InterfaceLink {
    /** What a queue does when the interface it was bound to is gone and another one has its name. */
    public interface Rebind {
        /** @return whether the queue now uses the interface */
        boolean to(int ifindex);
    }

    private final int socket;
    private final String name;
    private final Rebind rebind;
    private int ifindex;
    private volatile boolean up;
    private volatile boolean exists;
    private volatile int mtu;
    private volatile PortState state;

    /** @param socket any socket of the interface's network namespace; open until the last call */
    public InterfaceLink(int socket, String name, int ifindex, Rebind rebind) {
        this.socket = socket;
        this.name = name;
        this.ifindex = ifindex;
        this.rebind = rebind;
        check();
    }

    /** State by name, for who is not bound to an index. */
    public static PortState stateOf(int socket, String name) {
        if (NetDevice.index(socket, name) == 0) {
            return gone(name);
        }
        int flags = NetDevice.flags(socket, name);
        if ((flags & Constants.IFF_UP) == 0) {
            return PortState.down(Cause.INTERFACE_DOWN, name);
        }
        if ((flags & Constants.IFF_RUNNING) == 0) {
            return PortState.down(Cause.NO_CARRIER, name);
        }
        return PortState.UP;
    }

    private static PortState gone(String name) {
        return PortState.down(Cause.INTERFACE_GONE, name);
    }

    /** Looks at the interface; monitor thread. */
    public synchronized void check() {
        try {
            look();
        } catch (LinuxException e) {
            up = false;
            state = PortState.down(Cause.INTERFACE_FAILED, name, e.getMessage());
        }
    }

    private void look() {
        String current = NetDevice.name(socket, ifindex);
        exists = current != null;
        if (current == null) {
            int found = NetDevice.index(socket, name);
            if (found == 0 || !rebind.to(found)) {
                up = false;
                state = found == 0 ? gone(name) : PortState.down(Cause.INTERFACE_REPLACED, name);
                return;
            }
            ifindex = found;
            exists = true;
            current = name;
        }
        PortState seen = stateOf(socket, current);
        mtu = NetDevice.mtu(socket, current);
        up = seen.phase() == PortState.Phase.UP;
        state = up && !current.equals(name) ? PortState.upBut(Cause.INTERFACE_RENAMED, name, current) : seen;
    }

    /** Whether the interface, or its successor, is in the socket's namespace. */
    public boolean exists() {
        return exists;
    }

    public boolean isUp() {
        return up;
    }

    /** Payload bytes the interface sends at most. */
    public int mtu() {
        return mtu;
    }

    public PortState state() {
        return state;
    }
}
