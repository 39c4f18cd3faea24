/**
 * Stock Linux guests under QEMU whose network cards are virtio-net on vhost-user sockets: their image, the command line, a shell inside, QEMU's machine
 * protocol. What is missing on the machine is named with the next step ({@link io.jspp.controller.process.Packages} installs it).
 */
package io.jspp.controller.qemu;
