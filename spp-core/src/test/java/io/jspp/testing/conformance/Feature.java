package io.jspp.testing.conformance;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A feature of the back-end, and the front-ends that know it. */
public enum Feature implements Item {
    SERVER_MODE("we listen", Peer.values()),
    CLIENT_MODE("we connect (--vhost-client)", Peer.values()),
    SPLIT("split virtqueue", Peer.values()),
    PACKED("packed virtqueue", Peer.values()),
    MERGEABLE("mergeable receive buffers", Peer.values()),
    NO_MERGEABLE("receive without mergeable buffers", Peer.values()),
    INDIRECT("indirect descriptors", Peer.QEMU, Peer.FRONTEND),
    NO_INDIRECT("chains of direct descriptors", Peer.QEMU, Peer.FRONTEND),
    EVENT_IDX("event index", "virtio-user polls and asks for none", Peer.QEMU, Peer.FRONTEND),
    NO_EVENT_IDX("kick and call flags", Peer.values()),
    IN_ORDER("in-order", "QEMU 7.2 has no in-order", Peer.VIRTIO_USER, Peer.FRONTEND),
    QUEUE_256("256 descriptors", Peer.values()),
    QUEUE_1024("1024 descriptors", Peer.values()),
    QUEUE_64("64 descriptors", "QEMU has 256 and more; virtio-user: as 256", Peer.FRONTEND),
    TWO_PAIRS("2 queue pairs", Peer.QEMU, Peer.FRONTEND),
    FOUR_PAIRS("4 queue pairs", Peer.QEMU, Peer.FRONTEND),
    SEVERAL_PAIRS("flows in order over several queue pairs and workers", Peer.VIRTIO_USER, Peer.FRONTEND),
    PAIRS_CHANGE("queue pairs come and go under load", Peer.FRONTEND),
    MEMORY_SLOTS(
            "guest memory grows under load, region by region (CONFIGURE_MEM_SLOTS)",
            "virtio-user knows tables only",
            Peer.QEMU,
            Peer.FRONTEND),
    MEMORY_TABLE("guest memory grows under load, as a table", "virtio-user's memory stays", Peer.QEMU, Peer.FRONTEND),
    SEGMENTATION("TSO, UFO and USO of both IP versions, ECN", Peer.FRONTEND),
    JUMBO("jumbo frames and packets of 64 KiB", Peer.FRONTEND),
    WRONG_HEADERS("wrong offload headers mended or dropped", Peer.FRONTEND),
    TSO("TCP segmentation and checksum offload between guests", Peer.QEMU),
    REBOOT("guest reboot", Peer.QEMU),
    RESET("system_reset", Peer.QEMU),
    POWER_OFF("guest power-off", Peer.QEMU),
    SIGKILL("SIGKILL of the front-end", Peer.values()),
    FRONTEND_FIRST("front-end started before us", Peer.values()),
    HUNDRED_CYCLES("100 connections without a leak", Peer.FRONTEND);

    private final String title;
    private final String note;
    private final Set<Peer> peers;

    Feature(String title, Peer... peers) {
        this(title, "", peers);
    }

    Feature(String title, String note, Peer... peers) {
        this.title = title;
        this.note = note;
        this.peers = EnumSet.copyOf(Arrays.asList(peers));
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Set<Peer> peers() {
        return EnumSet.copyOf(peers);
    }

    @Override
    public String note() {
        return note;
    }
}
