package io.jspp.testing.conformance;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The test cases of DPDK's plan "vhost-user/virtio pvp reconnect", by their numbers there. */
public enum ReconnectCase implements Item {
    CASE_1(Driver.PMD, false, 1, Event.RELAUNCH),
    CASE_2(Driver.PMD, false, 1, Event.REBOOT),
    CASE_3(Driver.PMD, false, 1, Event.BOTH),
    CASE_4(Driver.PMD, false, 2, Event.RELAUNCH),
    CASE_5(Driver.PMD, false, 2, Event.REBOOT),
    CASE_6(Driver.PMD, false, 2, Event.BOTH),
    CASE_7(Driver.NET, false, 2, Event.RELAUNCH),
    CASE_8(Driver.NET, false, 2, Event.REBOOT),
    CASE_9(Driver.NET, false, 2, Event.BOTH),
    CASE_10(Driver.PMD, true, 1, Event.RELAUNCH),
    CASE_11(Driver.PMD, true, 1, Event.REBOOT),
    CASE_12(Driver.PMD, true, 1, Event.BOTH),
    CASE_13(Driver.PMD, true, 2, Event.RELAUNCH),
    CASE_14(Driver.PMD, true, 2, Event.REBOOT),
    CASE_15(Driver.PMD, true, 2, Event.BOTH),
    CASE_16(Driver.NET, true, 2, Event.RELAUNCH),
    CASE_17(Driver.NET, true, 2, Event.REBOOT),
    CASE_18(Driver.NET, true, 2, Event.BOTH);

    /** Who drives the guest's side. */
    public enum Driver {
        /** A poll-mode driver: DPDK virtio-user, and the own front-end. */
        PMD("virtio-pmd", Set.of(Peer.VIRTIO_USER, Peer.FRONTEND)),
        /** The kernel of a QEMU guest. */
        NET("virtio-net", Set.of(Peer.QEMU));

        private final String title;
        private final Set<Peer> peers;

        Driver(String title, Set<Peer> peers) {
            this.title = title;
            this.peers = peers;
        }
    }

    /** What goes away and comes back. */
    public enum Event {
        RELAUNCH("back-end relaunched"),
        REBOOT("guest rebooted"),
        BOTH("both, repeatedly");

        private final String title;

        Event(String title) {
            this.title = title;
        }

        /** Whether the back-end is stopped and launched again. */
        public boolean relaunches() {
            return this != REBOOT;
        }

        /** Whether the guests are rebooted. */
        public boolean reboots() {
            return this != RELAUNCH;
        }
    }

    private final Driver driver;
    private final boolean packed;
    private final int guests;
    private final Event event;

    ReconnectCase(Driver driver, boolean packed, int guests, Event event) {
        this.driver = driver;
        this.packed = packed;
        this.guests = guests;
        this.event = event;
    }

    /** Cases proved with {@code peer}. */
    public static List<ReconnectCase> of(Peer peer) {
        return Stream.of(values()).filter(one -> one.peers().contains(peer)).toList();
    }

    public boolean packed() {
        return packed;
    }

    public int guests() {
        return guests;
    }

    public Event event() {
        return event;
    }

    /** The case of a number of the plan, which may be anything. */
    static Optional<ReconnectCase> numbered(String number) {
        return Stream.of(values())
                .filter(one -> Integer.toString(one.number()).equals(number))
                .findFirst();
    }

    /** Of the plan, from 1. */
    public int number() {
        return ordinal() + 1;
    }

    /** What the plan calls it, word by word. */
    public String planTitle() {
        return "vhost-user/" + driver.title + (driver == Driver.PMD ? " pvp " : " VM2VM ") + ring() + " ring"
                + (driver == Driver.PMD && guests > 1 ? " with multi VMs" : "") + " reconnect "
                + switch (event) {
                    case RELAUNCH -> "from vhost-user";
                    case REBOOT -> guests > 1 ? "from VMs" : "from VM";
                    case BOTH -> "stability test";
                };
    }

    private String ring() {
        return packed ? "packed" : "split";
    }

    @Override
    public String title() {
        return number() + ". " + driver.title + ", " + ring() + ", " + (guests == 1 ? "one guest" : "two guests") + ", "
                + event.title;
    }

    @Override
    public Expected expected(Peer peer) {
        return driver.peers.contains(peer) ? Expected.EVERY_RUN : Expected.ABSENT;
    }

    @Override
    public String note() {
        return "";
    }
}
