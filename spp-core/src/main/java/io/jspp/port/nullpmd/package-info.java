/** {@code nullpmd:N}: source and sink without a world behind. */
package io.jspp.port.nullpmd;
