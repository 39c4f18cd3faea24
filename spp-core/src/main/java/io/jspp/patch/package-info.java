/** The patch panel of one process: its ports, the patches between their queues, and the components that carry them out. */
package io.jspp.patch;
