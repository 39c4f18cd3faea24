/** {@code ./spp start}: controller, primary and secondaries of a configuration file, started together and kept running. */
package io.jspp.controller.start;
