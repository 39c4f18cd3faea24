/** {@code ring:N}: packets to another process (or the same) through a ring of pool mbufs in shared memory. */
package io.jspp.port.ring;
