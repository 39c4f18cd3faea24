package io.jspp.secondary.guest;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.EthernetHeader;
import io.jspp.net.Offload;
import io.jspp.secondary.echo.EchoHost;
import io.jspp.secondary.echo.HostAddresses;
import io.jspp.secondary.echo.Verdict;
import java.nio.ByteBuffer;

/** Answers ARP requests and ICMP echo requests for one IPv4 address. Single-threaded. */
public final class EchoResponder implements AutoCloseable {
    private final GuestNic nic;
    private final HostAddresses addresses;
    private final EchoHost host = new EchoHost();
    private final NativeMemory copy = NativeMemory.allocate(GuestNic.MAX_FRAME + EchoHost.MIN_ROOM);
    private long arpReplies;
    private long echoReplies;
    private long badChecksums;

    /** @param address IPv4 address in host order */
    public EchoResponder(GuestNic nic, byte[] mac, int address) {
        this.nic = nic;
        long own = ByteBuffer.allocate(8).position(2).put(mac).getLong(0);
        addresses = HostAddresses.of(ByteBuffer.allocate(4).putInt(address).array(), own);
    }

    /** Answers the frame in place if it asks for our address; false when it is none of our business. */
    public boolean answer(byte[] frame, int length) {
        if (length < EthernetHeader.LENGTH) {
            return false;
        }
        Memory.put(copy.address(), frame, 0, length);
        Verdict verdict = host.judge(copy.address(), length, Offload.NONE, addresses);
        if (verdict == Verdict.BAD_CHECKSUM) {
            badChecksums++;
            return true;
        }
        if (!verdict.isAnswered()) {
            return false;
        }
        host.answer();
        Memory.get(host.answerAddress(), frame, 0, host.answerLength());
        if (nic.send(frame, host.answerLength())) {
            arpReplies += verdict == Verdict.ARP ? 1 : 0;
            echoReplies += verdict.isPing() ? 1 : 0;
        }
        return true;
    }

    public long arpReplies() {
        return arpReplies;
    }

    public long echoReplies() {
        return echoReplies;
    }

    /** Echo requests that came damaged and were not answered. */
    public long badChecksums() {
        return badChecksums;
    }

    @Override
    public void close() {
        copy.close();
    }
}
