/** {@code pcap:N}: classic capture files, read as received frames, written by a thread of their own. */
package io.jspp.port.pcap;
