/** Poll loops: one pinned thread per lcore, immutable plans, idle strategy, quiescence. */
package io.jspp.worker;
