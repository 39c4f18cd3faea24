/** The secondary processes: one runtime of pinned workers, with presets. */
package io.jspp.secondary;
