/** What a host answers without having a network stack: ARP, neighbour solicitations and pings. */
package io.jspp.secondary.echo;
