package io.jspp.port;

import io.jspp.mbuf.SwitchSegment;

/**
 * A process's place in the shared memory.
 *
 * @param segment mapped for the life of the process
 * @param client id of this process, 0 for the primary
 * @param epoch of this life of the id; part of every owner word
 */
public record Attachment(SwitchSegment segment, int client, int epoch) {}
