/** The primary process: owner of shared memory, rings, names and devices. */
package io.jspp.primary;
