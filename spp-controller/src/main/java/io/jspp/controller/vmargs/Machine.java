package io.jspp.controller.vmargs;

import java.util.List;

/**
 * What all formats say, each in its own words.
 *
 * @param cards at least one
 * @param memoryMiB of the guest
 * @param queues queue pairs of each card
 * @param packed whether packed virtqueues are asked for
 * @param interrupts false: no MSI-X, for QEMU without KVM
 */
record Machine(List<Card> cards, int memoryMiB, int queues, boolean packed, boolean interrupts) {
    Machine {
        cards = List.copyOf(cards);
    }
}
