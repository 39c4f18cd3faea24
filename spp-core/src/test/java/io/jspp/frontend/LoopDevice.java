package io.jspp.frontend;

import io.jspp.memory.Memory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A device in a few lines, written from the specification and independent of the product's: gathers chains of one driver's transmit queue and
 * scatters them into buffers of another's receive queue. Completes in order, shuffled, or with one used element per batch.
 */
final class LoopDevice {
    enum Completion {
        IN_ORDER,
        /** As a device without IN_ORDER may. */
        SHUFFLED,
        /** Transmit buffers by one element for the whole batch, virtio 1.2 §2.7.9. */
        LAST_OF_BATCH
    }

    private final SplitDriverQueue tx;
    private final SplitDriverQueue rx;
    private final boolean mergeable;
    private final Completion completion;
    private final Random random;
    private int txTaken;
    private int txUsed;
    private int rxTaken;
    private int rxUsed;

    LoopDevice(SplitDriverQueue tx, SplitDriverQueue rx, boolean mergeable, Completion completion, long seed) {
        this.tx = tx;
        this.rx = rx;
        this.mergeable = mergeable;
        this.completion = completion;
        this.random = new Random(seed);
    }

    private record Piece(long address, int length) {}

    /** Moves up to {@code max} packets; returns how many. */
    int poll(int max) {
        List<Integer> heads = new ArrayList<>();
        while (heads.size() < max && txTaken != index(tx.avail()) && deliver(gather(tx, head(tx, txTaken)))) {
            heads.add(head(tx, txTaken));
            txTaken = txTaken + 1 & 0xffff;
        }
        if (completion == Completion.SHUFFLED) {
            Collections.shuffle(heads, random);
        }
        for (int i = 0; i < heads.size(); i++) {
            if (completion != Completion.LAST_OF_BATCH || i == heads.size() - 1) {
                used(tx, txUsed + i, heads.get(i), 0);
            }
        }
        txUsed = txUsed + heads.size() & 0xffff;
        Memory.putShortRelease(rx.used() + 2, (short) rxUsed);
        Memory.putShortRelease(tx.used() + 2, (short) txUsed);
        return heads.size();
    }

    private boolean deliver(byte[] packet) {
        List<Integer> heads = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        List<Piece> room = new ArrayList<>();
        int bytes = 0;
        int ahead = 0;
        while (bytes < packet.length) {
            if ((rxTaken + ahead & 0xffff) == index(rx.avail()) || !mergeable && ahead == 1) {
                return false;
            }
            int head = head(rx, rxTaken + ahead++);
            int chain = 0;
            for (Piece piece : pieces(rx, head)) {
                room.add(piece);
                chain += piece.length();
            }
            heads.add(head);
            lengths.add(Math.min(chain, packet.length - bytes));
            bytes += chain;
        }
        packet[NetHeaderBytes.NUM_BUFFERS] = (byte) heads.size();
        packet[NetHeaderBytes.NUM_BUFFERS + 1] = (byte) (heads.size() >> 8);
        int done = 0;
        for (Piece piece : room) {
            int part = Math.min(piece.length(), packet.length - done);
            Memory.put(piece.address(), packet, done, part);
            done += part;
        }
        for (int i = 0; i < heads.size(); i++) {
            used(rx, rxUsed++, heads.get(i), lengths.get(i));
        }
        rxUsed &= 0xffff;
        rxTaken = rxTaken + ahead & 0xffff;
        return true;
    }

    private static byte[] gather(SplitDriverQueue queue, int head) {
        List<Piece> pieces = pieces(queue, head);
        byte[] all = new byte[pieces.stream().mapToInt(Piece::length).sum()];
        int at = 0;
        for (Piece piece : pieces) {
            Memory.get(piece.address(), all, at, piece.length());
            at += piece.length();
        }
        return all;
    }

    private static List<Piece> pieces(SplitDriverQueue queue, int head) {
        List<Piece> pieces = new ArrayList<>();
        long table = queue.descriptors();
        int at = head;
        while (true) {
            long descriptor = table + 16L * at;
            long address = Memory.getLong(descriptor)
                    - FrontendMemory.GUEST_BASE
                    + queue.memory().address();
            int flags = Memory.getUnsignedShort(descriptor + 12);
            if ((flags & SplitDriverQueue.F_INDIRECT) != 0) {
                table = address;
                at = 0;
                continue;
            }
            pieces.add(new Piece(address, Memory.getInt(descriptor + 8)));
            if ((flags & SplitDriverQueue.F_NEXT) == 0) {
                return pieces;
            }
            at = Memory.getUnsignedShort(descriptor + 14);
        }
    }

    private static int index(long ring) {
        return Memory.getShortAcquire(ring + 2) & 0xffff;
    }

    private static int head(SplitDriverQueue queue, int position) {
        return Memory.getUnsignedShort(queue.avail() + 4 + 2L * (position & queue.size() - 1));
    }

    private static void used(SplitDriverQueue queue, int position, int id, int length) {
        long element = queue.used() + 4 + 8L * (position & queue.size() - 1);
        Memory.putInt(element, id);
        Memory.putInt(element + 4, length);
    }
}
