package io.jspp.port.afpacket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A classic BPF program as it is written: instructions with labels to jump to, always forward. Accumulator A, index X, one memory word M. Loads of
 * frames beyond their end drop the frame, so lengths are tested first.
 */
final class FilterProgram {
    /** Offsets of what the kernel keeps beside the frame: SKF_AD_OFF + SKF_AD_… (linux/filter.h). */
    static final int VLAN_TAG = -0x1000 + 44;

    static final int VLAN_PRESENT = -0x1000 + 48;
    static final int VLAN_TPID = -0x1000 + 60;

    private static final int LD_IMM = 0x00;
    private static final int LD_WORD = 0x20;
    private static final int LD_HALF = 0x28;
    private static final int LD_BYTE = 0x30;
    private static final int LD_INDEXED = 0x40;
    private static final int LD_MEM = 0x60;
    private static final int LD_LEN = 0x80;
    private static final int LDX_MEM = 0x61;
    private static final int LDX_MSH = 0xb1;
    private static final int ST = 0x02;
    private static final int SUB_X = 0x1c;
    private static final int MUL_K = 0x24;
    private static final int AND_K = 0x54;
    private static final int RSH_K = 0x74;
    private static final int MOD_K = 0x94;
    private static final int XOR_X = 0xac;
    private static final int TAX = 0x07;
    private static final int JA = 0x05;
    private static final int JEQ_K = 0x15;
    private static final int JGE_K = 0x35;
    private static final int JSET_K = 0x45;
    private static final int RET_K = 0x06;

    private static final int MAX_OFFSET = 255;

    /** {@code yes} and {@code no} are labels, null for the next instruction; of JA {@code yes} is where it goes. */
    private record Instruction(int code, int k, String yes, String no) {}

    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private int fresh;

    int size() {
        return instructions.size();
    }

    /** A label that nobody else uses. */
    String fresh() {
        return "#" + fresh++;
    }

    /** The next instruction is where jumps to this label go. */
    void label(String label) {
        labels.put(label, instructions.size());
    }

    private void add(int code, int k) {
        instructions.add(new Instruction(code, k, null, null));
    }

    /** A = 32 bits of the frame, or one of the words beside it. */
    void load(int at) {
        add(LD_WORD, at);
    }

    /** A = 16 bits. */
    void loadHalf(int at) {
        add(LD_HALF, at);
    }

    /** A = 8 bits. */
    void loadByte(int at) {
        add(LD_BYTE, at);
    }

    void loadConstant(int value) {
        add(LD_IMM, value);
    }

    /** X = bytes of the IPv4 header that begins there. */
    void loadIpv4HeaderLength(int at) {
        add(LDX_MSH, at);
    }

    /** A = 32 bits at X and {@code at}. */
    void loadIndexed(int at) {
        add(LD_INDEXED, at);
    }

    /** A = A ^ 32 bits of the frame. */
    void xorLoad(int at) {
        add(TAX, 0);
        add(LD_WORD, at);
        add(XOR_X, 0);
    }

    /** M = A. */
    void store() {
        add(ST, 0);
    }

    /** A = M. */
    void loadStored() {
        add(LD_MEM, 0);
    }

    /** M = A ^ M. */
    void xorStored() {
        add(LDX_MEM, 0);
        add(XOR_X, 0);
        add(ST, 0);
    }

    /** A = (M ^ M >>> 16) & 0xffff. */
    void foldHalves() {
        add(LDX_MEM, 0);
        add(RSH_K, 16);
        add(XOR_X, 0);
        add(AND_K, 0xffff);
    }

    void and(int mask) {
        add(AND_K, mask);
    }

    void multiply(int factor) {
        add(MUL_K, factor);
    }

    void shiftRight(int bits) {
        add(RSH_K, bits);
    }

    /** Unsigned. */
    void modulo(int divisor) {
        add(MOD_K, divisor);
    }

    void jump(String label) {
        instructions.add(new Instruction(JA, 0, label, null));
    }

    void jumpIfEqual(int value, String label) {
        instructions.add(new Instruction(JEQ_K, value, label, null));
    }

    void jumpUnlessEqual(int value, String label) {
        instructions.add(new Instruction(JEQ_K, value, null, label));
    }

    void jumpIfAnySet(int bits, String label) {
        instructions.add(new Instruction(JSET_K, bits, label, null));
    }

    /** A = length of the frame; jumps when that is less. */
    void jumpIfShorter(int bytes, String label) {
        add(LD_LEN, 0);
        instructions.add(new Instruction(JGE_K, bytes, null, label));
    }

    /** A = length of the frame less X; jumps when that is less. */
    void jumpIfRestShorter(int bytes, String label) {
        add(LD_LEN, 0);
        add(SUB_X, 0);
        instructions.add(new Instruction(JGE_K, bytes, null, label));
    }

    /** Ends: 0 leaves the frame, else takes that many bytes of it. */
    void end(int bytes) {
        add(RET_K, bytes);
    }

    /** Instructions as little-endian struct sock_filter: code, jt, jf, k. */
    long[] assemble() {
        long[] words = new long[instructions.size()];
        for (int i = 0; i < words.length; i++) {
            Instruction instruction = instructions.get(i);
            boolean always = instruction.code == JA;
            int yes = offset(i, instruction.yes, always);
            int no = offset(i, instruction.no, false);
            long k = (always ? yes : instruction.k) & 0xffff_ffffL;
            words[i] = instruction.code | (always ? 0 : yes) << 16 | (long) no << 24 | k << 32;
        }
        return words;
    }

    private int offset(int from, String label, boolean far) {
        int offset = label == null ? 0 : labels.get(label) - from - 1;
        if (offset < 0 || !far && offset > MAX_OFFSET) {
            throw new IllegalStateException("jump from " + from + " to " + label + " by " + offset);
        }
        return offset;
    }
}
