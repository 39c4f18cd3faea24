package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;

import io.jspp.fuzz.FuzzInput;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import io.jspp.memory.MappedMemory;
import java.util.ArrayList;
import java.util.List;

/** What a hostile front-end has at hand: files, eventfds and other descriptors, and messages that are right, nearly right, or nonsense. */
final class FuzzPeer implements AutoCloseable {
    static final int FILE_BYTES = 1 << 17;
    static final long GUEST = 0x4000_0000L;
    static final long USER = 0x10_0000L;
    static final int VRING_BYTES = 0x4000;
    static final int AVAIL = 0x1000;
    static final int USED = 0x1800;
    private static final int ALLOW_SEALING = 2;

    /** One message: bytes, and descriptors that go with the first of them. */
    record Parcel(byte[] bytes, int[] descriptors) {}

    final MappedMemory memory;
    private final List<FileDescriptor> descriptors = new ArrayList<>();
    private final FileDescriptor truncated;

    FuzzPeer() {
        FileDescriptor guest = memfd(ALLOW_SEALING);
        truncated = memfd(0);
        descriptors.add(guest);
        descriptors.add(Linux.eventfd());
        descriptors.add(truncated);
        descriptors.add(Linux.eventfd());
        descriptors.add(memfd(0));
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM);
        descriptors.add(pair[0]);
        descriptors.add(pair[1]);
        descriptors.add(Linux.epollCreate());
        memory = MappedMemory.shared(guest.value(), 0, FILE_BYTES);
    }

    private static FileDescriptor memfd(int flags) {
        FileDescriptor file = Linux.memfdCreate("fuzz", flags);
        Linux.ftruncate(file.value(), FILE_BYTES);
        return file;
    }

    /** The file that can shrink does, or is whole again. */
    void truncate(boolean small) {
        Linux.ftruncate(truncated.value(), small ? 4096 : FILE_BYTES);
    }

    /** The guest's memory, an eventfd, and what else there is. */
    int descriptor(FuzzInput in, int usual) {
        int kind = in.u8();
        return descriptors.get(kind < 200 ? usual : kind % descriptors.size()).value();
    }

    int memoryFile() {
        return descriptors.get(0).value();
    }

    int event() {
        return descriptors.get(1).value();
    }

    // ---- messages

    Parcel next(FuzzInput in) {
        int request = in.u8();
        int style = in.u8();
        if (style >= 250) {
            return raw(in, request);
        }
        request = request % 44;
        List<Integer> sent = new ArrayList<>();
        byte[] payload = payload(in, request, sent);
        if (style >= 240) {
            payload = java.util.Arrays.copyOf(payload, in.u8());
        } else if (style >= 230) {
            sent.add(descriptor(in, in.below(8)));
        } else if (style >= 225) {
            sent.clear();
        }
        int flags = style < 150 ? 9 : style < 222 ? 1 : in.u8();
        return new Parcel(
                message(request, flags, payload),
                sent.stream().mapToInt(Integer::intValue).toArray());
    }

    private Parcel raw(FuzzInput in, int request) {
        int[] sent = new int[in.u8() % 11];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = descriptor(in, in.below(8));
        }
        byte[] bytes = message(request, in.u8() % 16, in.bytes(in.u8()));
        bytes[8] = (byte) (in.flag() ? in.u8() : bytes[8]);
        return new Parcel(bytes, sent);
    }

    private byte[] payload(FuzzInput in, int request, List<Integer> sent) {
        return switch (request) {
            case Requests.SET_FEATURES -> u64(features(in));
            case Requests.SET_PROTOCOL_FEATURES -> u64(in.u8() < 230 ? Session.PROTOCOL : in.i64());
            case Requests.SET_MEM_TABLE -> memoryTable(in, sent);
            case Requests.ADD_MEM_REG, Requests.REM_MEM_REG -> {
                if (request == Requests.ADD_MEM_REG || in.u8() > 200) {
                    sent.add(descriptor(in, in.below(3) == 0 ? 2 : 0));
                }
                long[] row = row(in, in.below(4));
                yield u64(0, row[0], row[1], row[2], row[3]);
            }
            case Requests.SET_LOG_BASE -> {
                sent.add(descriptor(in, 4));
                yield u64(in.u8() < 200 ? 4096L : in.i64(), in.u8() < 200 ? 16L * in.u8() : in.i64());
            }
            case Requests.SET_VRING_NUM -> state(vring(in), in.u8() < 200 ? 1 << in.below(12) : in.i32());
            case Requests.SET_VRING_ADDR -> address(in);
            case Requests.SET_VRING_BASE -> state(vring(in), in.u8() < 200 ? in.u8() | (in.u8() & 1) << 15 : in.i32());
            case Requests.GET_VRING_BASE -> state(vring(in), 0);
            case Requests.SET_VRING_ENABLE -> state(vring(in), in.u8() < 240 ? in.u8() & 1 : in.i32());
            case Requests.SET_VRING_KICK, Requests.SET_VRING_CALL, Requests.SET_VRING_ERR -> {
                boolean without = in.u8() > 200;
                if (!without || in.u8() > 240) {
                    sent.add(descriptor(in, in.flag() ? 1 : 3));
                }
                yield u64(vring(in) | (without ? Requests.VRING_NO_DESCRIPTOR : 0));
            }
            case Requests.SET_LOG_FD -> {
                sent.add(descriptor(in, 1));
                yield new byte[0];
            }
            case Requests.SET_BACKEND_REQ_FD -> {
                sent.add(descriptor(in, 5));
                yield new byte[0];
            }
            case Requests.NET_SET_MTU, Requests.SEND_RARP, Requests.SET_STATUS ->
                u64(in.u8() < 220 ? in.u16() : in.i64());
            default -> new byte[0];
        };
    }

    static long features(FuzzInput in) {
        int kind = in.u8();
        long mask = in.u8() < 230 ? ~0L : in.i64();
        long packed = (kind & 1) != 0 ? ~0L : ~io.jspp.virtio.Features.RING_PACKED;
        long enabled = (kind & 2) != 0 ? ~0L : ~io.jspp.virtio.Features.PROTOCOL_FEATURES;
        return (kind > 240 ? ~0L : Session.FEATURES) & mask & packed & enabled;
    }

    private static int vring(FuzzInput in) {
        int index = in.u8();
        return index < 250 ? index % 4 : index - 246;
    }

    private static byte[] address(FuzzInput in) {
        int vring = vring(in);
        long at = USER + (long) in.below(6) * VRING_BYTES;
        int kind = in.u8();
        long[] areas = {at, at + USED, at + AVAIL, GUEST};
        if (kind >= 200) {
            areas[kind & 3] = in.flag() ? USER + FILE_BYTES - in.u16() : in.i64();
        }
        return u64(vring | (kind >= 190 ? (long) in.u8() << 32 : 0), areas[0], areas[1], areas[2], areas[3]);
    }

    /** Guest address, bytes, front-end's address, offset in the file. */
    private static long[] row(FuzzInput in, int number) {
        long[] row = {GUEST + (long) number * FILE_BYTES, FILE_BYTES, USER + (long) number * FILE_BYTES, 0};
        int kind = in.u8();
        if (kind >= 190) {
            row[kind & 3] = in.flag() ? row[kind & 3] + (byte) in.u8() * 4096L : in.i64();
        }
        return row;
    }

    private byte[] memoryTable(FuzzInput in, List<Integer> sent) {
        int rows = 1 + in.u8() % 8 * (in.u8() & 1);
        long[] words = new long[4 * rows];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(row(in, i), 0, words, 4 * i, 4);
            sent.add(descriptor(in, i == 0 ? 0 : 2));
        }
        return table(in.u8() < 240 ? rows : in.u8(), words);
    }

    /** All that makes rings 0 and 1 run. */
    List<Parcel> setUp(long features, int entries) {
        List<Parcel> parcels = new ArrayList<>();
        int[] none = {};
        parcels.add(new Parcel(message(Requests.SET_FEATURES, 9, u64(features)), none));
        parcels.add(new Parcel(message(Requests.SET_PROTOCOL_FEATURES, 1, u64(Session.PROTOCOL)), none));
        parcels.add(new Parcel(
                message(Requests.SET_MEM_TABLE, 9, table(1, GUEST, FILE_BYTES, USER, 0)), new int[] {memoryFile()}));
        for (int i = 0; i < 2; i++) {
            long at = USER + (long) i * VRING_BYTES;
            int[] event = {event()};
            parcels.add(new Parcel(message(Requests.SET_VRING_NUM, 1, state(i, entries)), none));
            parcels.add(new Parcel(message(Requests.SET_VRING_ADDR, 1, u64(i, at, at + USED, at + AVAIL, 0)), none));
            parcels.add(new Parcel(message(Requests.SET_VRING_KICK, 1, u64(i)), event));
            parcels.add(new Parcel(message(Requests.SET_VRING_CALL, 1, u64(i)), event));
            parcels.add(new Parcel(message(Requests.SET_VRING_ENABLE, 1, state(i, 1)), none));
        }
        return parcels;
    }

    @Override
    public void close() {
        memory.close();
        FileDescriptor.closeAll(descriptors);
    }
}
