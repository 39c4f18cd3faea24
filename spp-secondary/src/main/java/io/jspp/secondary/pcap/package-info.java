/** The pcap: captures one port into compressed files. */
package io.jspp.secondary.pcap;
