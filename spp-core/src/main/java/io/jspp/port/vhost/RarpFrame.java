package io.jspp.port.vhost;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.BigEndian;
import io.jspp.net.MacAddress;

/**
 * The broadcast that tells switches where a guest is now: a RARP request by which a card asks for its own IP address (RFC 903), as QEMU sends
 * it after a migration. Nobody has to answer. Worker thread.
 *
 * <pre>
 *   0                6             12       14
 *   ┌────────────────┬─────────────┬────────┬──────────────────────────────────────────────┐
 *   │ broadcast      │ MAC         │ 0x8035 │ Ethernet, IPv4, 6, 4, op 3, MAC, 0, MAC, 0 │   padded to 60 bytes
 *   └────────────────┴─────────────┴────────┴──────────────────────────────────────────────┘
 * </pre>
 */
final class RarpFrame implements AutoCloseable {
    static final int BYTES = 60;
    private static final int ETHERTYPE_RARP = 0x8035;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int HARDWARE_ETHERNET = 1;
    private static final int REQUEST_REVERSE = 3;

    private final NativeMemory memory = NativeMemory.allocate(BYTES);

    /** Writes the frame for {@code mac}; it stays until the next. */
    long write(long mac) {
        long at = memory.address();
        Memory.fill(at, BYTES, (byte) 0);
        put(at, MacAddress.BROADCAST);
        put(at + 6, mac);
        BigEndian.putShort(at + 12, ETHERTYPE_RARP);
        BigEndian.putShort(at + 14, HARDWARE_ETHERNET);
        BigEndian.putShort(at + 16, ETHERTYPE_IPV4);
        Memory.putByte(at + 18, (byte) 6);
        Memory.putByte(at + 19, (byte) 4);
        BigEndian.putShort(at + 20, REQUEST_REVERSE);
        put(at + 22, mac);
        put(at + 32, mac);
        return at;
    }

    private static void put(long at, long mac) {
        BigEndian.putShort(at, (int) (mac >>> 32));
        BigEndian.putInt(at + 2, (int) mac);
    }

    @Override
    public void close() {
        memory.close();
    }
}
