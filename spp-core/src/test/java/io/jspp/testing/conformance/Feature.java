package io.jspp.testing.conformance;

import static io.jspp.testing.conformance.Expected.ABSENT;
import static io.jspp.testing.conformance.Expected.EVERY_RUN;
import static io.jspp.testing.conformance.Expected.FULL_RUN;
import static io.jspp.testing.conformance.Expected.OPEN;

/** A feature of the back-end, and what is proved of it with each front-end, in the order of {@link Peer}. */
public enum Feature implements Item {
    SERVER_MODE("we listen", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    CLIENT_MODE("we connect (--vhost-client)", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    FRONTEND_FIRST("front-end started before us", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    SIGKILL("SIGKILL of the front-end", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    REBOOT(
            "guest reboot",
            EVERY_RUN,
            ABSENT,
            ABSENT,
            "the others are programs: in the cases above they end and start anew"),
    RESET("system_reset", EVERY_RUN, ABSENT, ABSENT),
    POWER_OFF("guest power-off", EVERY_RUN, ABSENT, ABSENT),
    HUNDRED_CYCLES(
            "100 connections without a leak",
            OPEN,
            OPEN,
            EVERY_RUN,
            "QEMU: what we hold is compared after one reboot, reset, power-off and SIGKILL; virtio-user: in no test"),

    SPLIT("split virtqueue", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    PACKED("packed virtqueue", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    MERGEABLE("mergeable receive buffers", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    NO_MERGEABLE("receive without mergeable buffers", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    INDIRECT(
            "indirect descriptors",
            EVERY_RUN,
            OPEN,
            EVERY_RUN,
            "virtio-user negotiates them, and needs none for packets of one piece"),
    NO_INDIRECT(
            "chains of direct descriptors",
            EVERY_RUN,
            OPEN,
            EVERY_RUN,
            "virtio-user: a packet of one piece is no chain"),
    EVENT_IDX("event index", EVERY_RUN, ABSENT, EVERY_RUN, "virtio-user polls and asks for none"),
    NO_EVENT_IDX("kick and call flags", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    IN_ORDER("in-order", ABSENT, EVERY_RUN, EVERY_RUN, "QEMU 7.2 has no in-order"),
    QUEUE_64("64 descriptors", ABSENT, EVERY_RUN, EVERY_RUN, "QEMU has 256 and more"),
    QUEUE_256("256 descriptors", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    QUEUE_1024("1024 descriptors", EVERY_RUN, EVERY_RUN, EVERY_RUN),

    TWO_PAIRS("2 queue pairs", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    FOUR_PAIRS("4 queue pairs", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    SIXTEEN_PAIRS(
            "16 queue pairs", OPEN, ABSENT, EVERY_RUN, "QEMU: not tried with more than 4; virtio-user has 8 at most"),
    SEVERAL_PAIRS(
            "flows in order over several queue pairs and workers",
            FULL_RUN,
            EVERY_RUN,
            EVERY_RUN,
            "QEMU: none out of order while its channels stay; less than a tenth while the guest itself moves flows between them"),
    PAIRS_CHANGE(
            "queue pairs come and go under load",
            FULL_RUN,
            OPEN,
            EVERY_RUN,
            "virtio-user: its queues are those it began with in every test"),

    MEMORY_SLOTS(
            "guest memory grows under load, region by region (CONFIGURE_MEM_SLOTS)",
            FULL_RUN,
            ABSENT,
            EVERY_RUN,
            "virtio-user knows tables only"),
    MEMORY_TABLE(
            "guest memory grows under load, as a table",
            FULL_RUN,
            OPEN,
            EVERY_RUN,
            "virtio-user: without hugepages, as in the tests, its memory stays"),
    SEVERAL_REGIONS(
            "guest memory in several regions, also above 4 GiB",
            FULL_RUN,
            OPEN,
            EVERY_RUN,
            "virtio-user: without hugepages it has one region"),
    LARGE_MEMORY(
            "regions of 2 GiB and more",
            FULL_RUN,
            OPEN,
            EVERY_RUN,
            "QEMU: 3 GiB; virtio-user: tried with at most 1 GiB"),
    HUGE_PAGES("guest memory on hugepages", FULL_RUN, OPEN, EVERY_RUN, "virtio-user: tried with small pages only"),

    MIGRATION("live migration, three pings lost at most", EVERY_RUN, ABSENT, ABSENT, "virtual machines only"),
    DIRTY_LOG(
            "dirty log of what we write (LOG_SHMFD)",
            EVERY_RUN,
            ABSENT,
            EVERY_RUN,
            "QEMU: received buffers; own: every page, by drivers that know what has changed"),
    RARP(
            "RARP for a guest that has moved",
            OPEN,
            ABSENT,
            EVERY_RUN,
            "QEMU sends it for guests without GUEST_ANNOUNCE, and none was tried; virtio-user asks for none"),
    GUEST_ANNOUNCE(
            "GUEST_ANNOUNCE",
            OPEN,
            ABSENT,
            ABSENT,
            "a matter of QEMU and its guest, which negotiate it; no test looks at the announcement"),
    MTU("MTU (NET_MTU)", FULL_RUN, ABSENT, EVERY_RUN, "QEMU sends one with host_mtu=N; virtio-user asks for none"),
    REPLY_ACK("acknowledged requests (REPLY_ACK)", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    STATUS("device status (STATUS)", EVERY_RUN, EVERY_RUN, EVERY_RUN),
    BACKEND_REQ("back-end channel (BACKEND_REQ)", EVERY_RUN, ABSENT, EVERY_RUN, "virtio-user asks for none"),
    RESET_DEVICE(
            "RESET_DEVICE",
            ABSENT,
            ABSENT,
            EVERY_RUN,
            "QEMU resets a network card by status 0 and GET_VRING_BASE; virtio-user by GET_VRING_BASE"),

    TSO(
            "TCP segmentation and checksum offload between guests",
            EVERY_RUN,
            OPEN,
            EVERY_RUN,
            "virtio-user: testpmd was not told to use offloads"),
    SEGMENTATION(
            "TSO, UFO and USO of both IP versions, ECN",
            OPEN,
            OPEN,
            EVERY_RUN,
            "QEMU: TCP over IPv4 only, in the row above; it has no USO"),
    SOFTWARE_OFFLOAD(
            "what the receiving driver does not take is completed in software",
            OPEN,
            OPEN,
            EVERY_RUN,
            "QEMU: no test has one guest send segments to another that takes none"),
    JUMBO(
            "jumbo frames and packets of 64 KiB",
            FULL_RUN,
            OPEN,
            EVERY_RUN,
            "QEMU: MTU 9000, with TCP segments of any size; virtio-user: short frames only"),
    KERNEL_OFFLOAD(
            "long packets to the kernel and back in one piece",
            EVERY_RUN,
            OPEN,
            OPEN,
            "QEMU: an af_packet port, with --full a tap too; the others were not tried with a kernel"),
    WRONG_HEADERS("wrong offload headers mended or dropped", ABSENT, ABSENT, EVERY_RUN, "stock drivers write none");

    private final String title;
    private final Expected[] expected;
    private final String note;

    Feature(String title, Expected qemu, Expected virtioUser, Expected frontend) {
        this(title, qemu, virtioUser, frontend, "");
    }

    Feature(String title, Expected qemu, Expected virtioUser, Expected frontend, String note) {
        this.title = title;
        this.expected = new Expected[] {qemu, virtioUser, frontend};
        this.note = note;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Expected expected(Peer peer) {
        return expected[peer.ordinal()];
    }

    @Override
    public String note() {
        return note;
    }
}
