package io.jspp.port.afpacket;

import java.nio.ByteBuffer;

/** Runs classic BPF as the kernel does (Documentation/networking/filter.rst), with the VLAN tag beside the frame. */
final class FilterMachine {
    private final long[] program;

    FilterMachine(long[] program) {
        this.program = program;
    }

    /**
     * What the filter answers.
     *
     * @param tpid 0 for an untagged frame
     */
    int run(byte[] frame, int tpid, int tci) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int a = 0;
        int x = 0;
        int m = 0;
        for (int at = 0; at < program.length; at++) {
            int code = (int) program[at] & 0xffff;
            int yes = (int) (program[at] >>> 16) & 0xff;
            int no = (int) (program[at] >>> 24) & 0xff;
            int k = (int) (program[at] >>> 32);
            int size = code == 0x20 || code == 0x40 ? 4 : code == 0x28 ? 2 : 1;
            boolean load = code == 0x20 || code == 0x28 || code == 0x30 || code == 0x40 || code == 0xb1;
            long from = code == 0x40 ? (long) x + k : k;
            if (load && k >= 0 && from + size > frame.length) {
                return 0;
            }
            switch (code) {
                case 0x00 -> a = k;
                case 0x20 -> a = k >= 0 ? bytes.getInt(k) : beside(k, tpid, tci);
                case 0x28 -> a = bytes.getShort(k) & 0xffff;
                case 0x30 -> a = bytes.get(k) & 0xff;
                case 0x40 -> a = bytes.getInt(x + k);
                case 0x60 -> a = m;
                case 0x61 -> x = m;
                case 0x80 -> a = frame.length;
                case 0xb1 -> x = 4 * (bytes.get(k) & 0xf);
                case 0x02 -> m = a;
                case 0x1c -> a -= x;
                case 0x24 -> a *= k;
                case 0x54 -> a &= k;
                case 0x74 -> a >>>= k;
                case 0x94 -> a = Integer.remainderUnsigned(a, k);
                case 0xac -> a ^= x;
                case 0x07 -> x = a;
                case 0x05 -> at += k;
                case 0x15 -> at += a == k ? yes : no;
                case 0x35 -> at += Integer.compareUnsigned(a, k) >= 0 ? yes : no;
                case 0x45 -> at += (a & k) != 0 ? yes : no;
                case 0x06 -> {
                    return k;
                }
                default -> throw new IllegalStateException("code " + Integer.toHexString(code) + " at " + at);
            }
        }
        throw new IllegalStateException("ran off the end");
    }

    private static int beside(int k, int tpid, int tci) {
        return switch (k + 0x1000) {
            case 44 -> tci;
            case 48 -> tpid == 0 ? 0 : 1;
            case 60 -> tpid;
            default -> throw new IllegalStateException("ancillary " + k);
        };
    }
}
