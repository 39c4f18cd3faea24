/** Flow rules: which received frames go to which queue of a device. What DPDK's rte_flow describes and SPP's {@code flow} commands spell. */
package io.jspp.flow;
