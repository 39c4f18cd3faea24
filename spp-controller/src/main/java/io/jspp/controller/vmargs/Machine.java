package io.jspp.controller.vmargs;

import java.util.List;

/**
 * What all formats say, each in its own words.
 *
 * @param cards on vhost ports
 * @param taps cards behind those, which have nothing to do with the switch; cloud-hypervisor's only
 * @param memoryMiB of the guest
 * @param queues queue pairs of each card
 * @param packed whether packed virtqueues are asked for
 * @param interrupts false: no MSI-X, for QEMU without KVM
 */
record Machine(List<Card> cards, List<Tap> taps, int memoryMiB, int queues, boolean packed, boolean interrupts) {
    Machine {
        cards = List.copyOf(cards);
        taps = List.copyOf(taps);
    }

    /** Whether a socket's path has a comma, at which DPDK and cloud-hypervisor end it. */
    boolean hasComma() {
        return cards.stream().anyMatch(card -> card.socket().indexOf(',') >= 0);
    }
}
