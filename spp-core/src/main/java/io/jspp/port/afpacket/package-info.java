/**
 * {@code phy:N}: kernel interfaces through packet sockets with mapped rings. The primary's half is {@code AfPacketDevice}, the
 * claimant's {@code PhyPort} with its queues.
 */
package io.jspp.port.afpacket;
