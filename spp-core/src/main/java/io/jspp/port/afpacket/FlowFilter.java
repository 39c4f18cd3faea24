package io.jspp.port.afpacket;

import io.jspp.flow.FlowAction;
import io.jspp.flow.FlowItem;
import io.jspp.flow.FlowItem.Field;
import io.jspp.flow.FlowRule;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Sockets;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.port.PortException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The socket filter of one receive queue: it takes the frames that flow rules send to the queue, and its share of those that no rule matches, by a hash
 * of addresses and ports. Every queue's socket sees every frame, and exactly one takes it. The kernel runs the filter before it copies a frame, so
 * that a frame costs one copy however many queues there are.
 */
final class FlowFilter {
    /** BPF_MAXINSNS (linux/bpf_common.h). */
    private static final int MAX_INSTRUCTIONS = 4096;

    private static final int INSTRUCTION_BYTES = 8;

    /** More than any frame: nothing is cut off. */
    private static final int WHOLE_FRAME = 0x40000;

    private static final int ETHERTYPE_AT = 12;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final FilterProgram program = new FilterProgram();
    private final int queue;
    private final int queues;

    private FlowFilter(int queue, int queues) {
        this.queue = queue;
        this.queues = queues;
    }

    /**
     * The filter of a queue.
     *
     * @param rules that {@link FlowCheck} lets pass; those of egress are not for it
     * @throws PortException when they are too many
     */
    static FlowFilter of(List<FlowRule> rules, int queue, int queues) {
        FlowFilter filter = new FlowFilter(queue, queues);
        TreeMap<Integer, List<FlowRule>> groups = new TreeMap<>();
        rules.stream()
                .filter(FlowRule::ingress)
                .sorted(Comparator.comparingInt(FlowRule::priority))
                .forEach(rule -> groups.computeIfAbsent(rule.group(), g -> new ArrayList<>())
                        .add(rule));
        groups.computeIfAbsent(0, g -> List.of());
        groups.forEach((group, ofGroup) -> {
            filter.program.label(group(group));
            ofGroup.forEach(rule -> filter.rule(rule, groups));
            filter.program.jump("miss");
        });
        filter.program.label("miss");
        filter.share();
        if (filter.program.size() > MAX_INSTRUCTIONS) {
            throw new PortException("no more flow rules: the filter has " + filter.program.size()
                    + " instructions, the kernel takes " + MAX_INSTRUCTIONS);
        }
        return filter;
    }

    private static String group(int number) {
        return "group " + number;
    }

    private void rule(FlowRule rule, TreeMap<Integer, List<FlowRule>> groups) {
        String fail = program.fresh();
        FlowItem eth = rule.patterns().get(0);
        FlowItem vlan = rule.patterns().size() > 1 ? rule.patterns().get(1) : null;
        address(eth, Field.DST, 0, fail);
        address(eth, Field.SRC, 6, fail);
        if (eth.mask(Field.TYPE) != 0) {
            outerType();
            compare(eth.spec(Field.TYPE), eth.mask(Field.TYPE), 0xffff, fail);
        }
        if (vlan != null) {
            program.load(FilterProgram.VLAN_PRESENT);
            program.jumpIfEqual(0, fail);
            if (vlan.mask(Field.TCI) != 0) {
                program.load(FilterProgram.VLAN_TAG);
                compare(vlan.spec(Field.TCI), vlan.mask(Field.TCI), 0xffff, fail);
            }
            if (vlan.mask(Field.INNER_TYPE) != 0) {
                program.loadHalf(ETHERTYPE_AT);
                compare(vlan.spec(Field.INNER_TYPE), vlan.mask(Field.INNER_TYPE), 0xffff, fail);
            }
        }
        for (FlowAction action : rule.actions()) {
            if (action.kind() == FlowAction.Kind.QUEUE) {
                program.end(action.value() == queue ? WHOLE_FRAME : 0);
            } else if (action.kind() == FlowAction.Kind.JUMP) {
                program.jump(groups.containsKey(action.value()) ? group(action.value()) : "miss");
            }
        }
        program.label(fail);
    }

    /** The type behind the addresses as it was on the wire: the kernel keeps a tag beside the frame. */
    private void outerType() {
        String tagged = program.fresh();
        String compare = program.fresh();
        program.load(FilterProgram.VLAN_PRESENT);
        program.jumpUnlessEqual(0, tagged);
        program.loadHalf(ETHERTYPE_AT);
        program.jump(compare);
        program.label(tagged);
        program.load(FilterProgram.VLAN_TPID);
        program.label(compare);
    }

    private void address(FlowItem eth, Field field, int at, String fail) {
        long mask = eth.mask(field);
        if (mask >>> 16 != 0) {
            program.load(at);
            compare(eth.spec(field) >>> 16, mask >>> 16, 0xffff_ffffL, fail);
        }
        if ((mask & 0xffff) != 0) {
            program.loadHalf(at + 4);
            compare(eth.spec(field) & 0xffff, mask & 0xffff, 0xffff, fail);
        }
    }

    private void compare(long value, long mask, long full, String fail) {
        if (mask != full) {
            program.and((int) mask);
        }
        program.jumpUnlessEqual((int) (value & mask), fail);
    }

    /** Takes 1/queues of all flows; both directions of a flow, and all fragments of a packet between two hosts, come to the same queue. */
    private void share() {
        program.loadHalf(ETHERTYPE_AT);
        String ipv4 = program.fresh();
        String ipv6 = program.fresh();
        String other = program.fresh();
        String done = program.fresh();
        program.jumpIfEqual(ETHERTYPE_IPV4, ipv4);
        program.jumpIfEqual(ETHERTYPE_IPV6, ipv6);
        program.jump(other);

        program.label(ipv4);
        program.jumpIfShorter(14 + 20, other);
        program.load(26);
        program.xorLoad(30);
        program.store();
        program.loadHalf(20);
        program.jumpIfAnySet(0x3fff, done);
        program.loadByte(23);
        String ports4 = program.fresh();
        program.jumpIfEqual(TCP, ports4);
        program.jumpUnlessEqual(UDP, done);
        program.label(ports4);
        program.loadIpv4HeaderLength(14);
        program.jumpIfRestShorter(14 + 4, done);
        program.loadIndexed(14);
        program.xorStored();
        program.jump(done);

        program.label(ipv6);
        program.jumpIfShorter(14 + 40, other);
        program.load(22);
        for (int at = 26; at < 54; at += 4) {
            program.xorLoad(at);
        }
        program.store();
        program.loadByte(20);
        String ports6 = program.fresh();
        program.jumpIfEqual(TCP, ports6);
        program.jumpUnlessEqual(UDP, done);
        program.label(ports6);
        program.jumpIfShorter(14 + 40 + 4, done);
        program.load(54);
        program.xorStored();
        program.jump(done);

        program.label(other);
        program.loadConstant(0);
        program.store();
        program.label(done);
        program.loadStored();
        // The two ports of a flow in either order: the upper half onto the lower one, then multiplicative hashing.
        program.foldHalves();
        program.multiply(0x9e37_79b1);
        program.shiftRight(16);
        program.modulo(queues);
        String mine = program.fresh();
        program.jumpIfEqual(queue, mine);
        program.end(0);
        program.label(mine);
        program.end(WHOLE_FRAME);
    }

    /** Instructions as struct sock_filter (linux/filter.h): code 16, jt 8, jf 8, k 32 bits. */
    long[] instructions() {
        return program.assemble();
    }

    /** Replaces the socket's filter by this one. */
    void attach(FileDescriptor socket) {
        long[] instructions = instructions();
        try (NativeMemory memory = NativeMemory.allocate((long) instructions.length * INSTRUCTION_BYTES)) {
            for (int i = 0; i < instructions.length; i++) {
                Memory.putLong(memory.address() + (long) i * INSTRUCTION_BYTES, instructions[i]);
            }
            // struct sock_fprog: length 16 bits, padding, pointer
            byte[] argument = ByteBuffer.allocate(16)
                    .order(ByteOrder.nativeOrder())
                    .putShort(0, (short) instructions.length)
                    .putLong(8, memory.address())
                    .array();
            Sockets.setsockopt(socket.value(), Constants.SOL_SOCKET, Constants.SO_ATTACH_FILTER, argument);
        }
    }
}
