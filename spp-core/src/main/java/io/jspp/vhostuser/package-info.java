/** The vhost-user protocol: request numbers, codec with descriptor passing, sessions. Knows virtio, no port. */
package io.jspp.vhostuser;
