/** Off-heap access over agrona, regions with bounds, the shared segment. */
package io.jspp.memory;
