/**
 * The driver side of virtio-net over vhost-user: what a guest does, without a guest. Memory, split virtqueues, the session that offers them
 * to a back-end, and a traffic generator. Used by {@code ./spp guest}, by {@code ./spp bench} and by tests.
 */
package io.jspp.frontend;
