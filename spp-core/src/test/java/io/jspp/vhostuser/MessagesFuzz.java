package io.jspp.vhostuser;

import static io.jspp.vhostuser.FuzzSession.check;

import io.jspp.fuzz.Coverage;
import io.jspp.fuzz.FuzzInput;
import io.jspp.fuzz.FuzzTarget;
import io.jspp.fuzz.Guard;
import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Memory;
import io.jspp.vhostuser.FuzzPeer.Parcel;
import io.jspp.virtio.Features;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Fuzz target: a front-end that sends any messages in any order and pieces, while a worker uses the rings and a neighbour's session goes on. */
public final class MessagesFuzz implements FuzzTarget {
    /** Blocks of code that one message may run through: packed rings are searched for their position. */
    private static final long MAX_STEPS = 6_000_000;

    private static final int SPARE_DESCRIPTORS = 4;

    private final FuzzPeer peer = new FuzzPeer();
    private final FuzzPeer neighbourPeer = new FuzzPeer();
    private final FuzzSession neighbour = new FuzzSession();
    private final int neighbourAvail;
    private int openAtFirst;
    private int sentByNeighbour;
    private long nowNs = 1;

    public MessagesFuzz() throws ConnectionEnded {
        for (Parcel parcel : neighbourPeer.setUp(Features.VERSION_1 | Features.PROTOCOL_FEATURES, 64)) {
            neighbour.send(parcel.bytes(), 0, parcel.bytes().length, parcel.descriptors());
        }
        neighbour.session.readable(nowNs);
        check(neighbour.replies() == 2 && neighbour.session.up(), "neighbour is not up");
        neighbourAvail = FuzzPeer.VRING_BYTES + FuzzPeer.AVAIL;
        // One frame, offered over and over again.
        long ring = neighbourPeer.memory.address() + FuzzPeer.VRING_BYTES;
        Memory.putLong(ring, FuzzPeer.GUEST + 0x10000);
        Memory.putLong(ring + 8, 100);
    }

    @Override
    public void run(FuzzInput in) throws Exception {
        peer.truncate(false);
        Memory.fill(peer.memory.address(), 4L * FuzzPeer.VRING_BYTES, (byte) 0);
        int descriptors = FileDescriptor.live();
        int areas = Guard.areas();
        for (int sessions = 0; sessions < 4 && !in.empty(); sessions++) {
            try (FuzzSession front = new FuzzSession()) {
                converse(front, in);
            } catch (ConnectionEnded e) {
                check(!e.reason().toString().contains("null"), "reason " + e.reason());
            }
        }
        check(
                FileDescriptor.live() == descriptors,
                "descriptors left: " + FileDescriptor.live() + ", before " + descriptors);
        check(Guard.areas() == areas, "memory left: " + Guard.areas() + " areas, before " + areas);
        lookAtNeighbour();
    }

    private void converse(FuzzSession front, FuzzInput in) throws ConnectionEnded {
        while (!in.empty()) {
            int op = in.u8();
            switch (op & 15) {
                case 0 -> {
                    for (Parcel parcel :
                            peer.setUp(FuzzPeer.features(in), in.u8() < 230 ? 1 << in.below(9) : in.u16())) {
                        deliver(front, parcel, 0);
                    }
                }
                case 1, 2 -> front.work();
                case 3 -> {
                    long at = peer.memory.address() + in.u16() % (4 * FuzzPeer.VRING_BYTES) / 8 * 8;
                    Memory.putLong(at, in.u8() < 128 ? in.u16() : in.i64());
                }
                case 4 -> offer(in);
                case 5 -> nowNs += in.flag() ? MessageChannel.DEADLINE_NS : 50_000_000L;
                case 6 -> {
                    if ((op & 0xf0) == 0xf0) {
                        peer.truncate(true);
                        front.session.checkMemory();
                    }
                }
                case 7 -> {
                    if ((op & 0xe0) == 0xe0) {
                        throw ConnectionEnded.byPeer();
                    }
                }
                default -> deliver(front, peer.next(in), op >> 4 > 12 ? 1 + in.u8() : 0);
            }
        }
    }

    /** A plain chain for a split ring, and for a packed one. */
    private void offer(FuzzInput in) {
        int vring = in.below(4);
        long ring = peer.memory.address() + (long) vring * FuzzPeer.VRING_BYTES;
        int slot = in.below(64);
        Memory.putLong(ring + 16L * slot, FuzzPeer.GUEST + 0x10000 + 64L * in.u8());
        long flags = in.flag() ? (vring & 1) == 0 ? 2 : 0 : in.u16();
        Memory.putLong(ring + 16L * slot + 8, in.u16() | flags << (in.flag() ? 32 : 48));
        long avail = ring + FuzzPeer.AVAIL;
        Memory.putShort(avail + 4 + 2L * in.below(64), (short) slot);
        Memory.putShort(avail + 2, (short) (Memory.getShort(avail + 2) + 1));
    }

    /** Sends a message, in two pieces when {@code cut} is not 0, and has it handled. */
    private void deliver(FuzzSession front, Parcel parcel, int cut) throws ConnectionEnded {
        byte[] bytes = parcel.bytes();
        int middle = cut == 0 ? bytes.length : Math.min(bytes.length, cut);
        if (!front.send(bytes, 0, middle, parcel.descriptors())) {
            return;
        }
        read(front);
        if (middle < bytes.length && front.send(bytes, middle, bytes.length, new int[0])) {
            read(front);
        }
        if (cut != 77) {
            front.replies();
        }
        front.session.takeRefusal();
        front.session.hindrance(nowNs, 1_000_000_000L);
    }

    private void read(FuzzSession front) throws ConnectionEnded {
        if (front.session.channel().overdue(nowNs)) {
            throw ConnectionEnded.byPeer();
        }
        long before = Coverage.steps();
        front.session.readable(nowNs);
        front.session.channel().flush();
        long steps = Coverage.steps() - before;
        check(steps < MAX_STEPS, "a message took " + steps + " steps");
    }

    private void lookAtNeighbour() throws ConnectionEnded {
        long avail = neighbourPeer.memory.address() + neighbourAvail;
        Memory.putShort(avail + 2, (short) ++sentByNeighbour);
        check(neighbour.work() == 1, "neighbour's frame did not arrive");
        byte[] question = ScriptedFrontend.message(Requests.GET_FEATURES, 1, new byte[0]);
        neighbour.send(question, 0, question.length, new int[0]);
        neighbour.session.readable(nowNs);
        check(neighbour.replies() == 1, "neighbour got no answer");
    }

    @Override
    public void checkLeaks() {
        // What no FileDescriptor owns shows here.
        String[] open = new File("/proc/self/fd").list();
        int now = open == null ? 0 : open.length;
        openAtFirst = openAtFirst == 0 ? now : openAtFirst;
        check(now <= openAtFirst + SPARE_DESCRIPTORS, now + " descriptors open, " + openAtFirst + " at first");
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        Random random = new Random(2);
        for (int i = 0; i < 64; i++) {
            byte[] seed = new byte[20 + 8 * i];
            random.nextBytes(seed);
            seed[0] = 0;
            seed[1] = (byte) (2 | i & 1);
            seed[2] = 0;
            seed[3] = 0;
            seed[4] = 5;
            seeds.add(seed);
        }
        return seeds;
    }

    @Override
    public void close() {
        neighbour.close();
        neighbourPeer.close();
        peer.close();
    }
}
