/** The device side of virtio: feature bits, virtqueues in guest memory, checked descriptor chains. Knows memory, nothing of vhost-user. */
package io.jspp.virtio;
