/** JMH benchmarks and the end-to-end figures of {@code spp bench}. */
package io.jspp.bench;
