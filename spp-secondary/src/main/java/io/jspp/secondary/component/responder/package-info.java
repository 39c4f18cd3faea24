/** The component {@code responder}: answers ARP, neighbour solicitations and pings for given addresses. */
package io.jspp.secondary.component.responder;
