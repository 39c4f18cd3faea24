/** JMH benchmarks of the mechanisms: {@code ./spp bench micro [REGEX]}. */
package io.jspp.bench.micro;
