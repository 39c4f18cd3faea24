/** What components have in common: their ports with VLAN operations, the poll loop, and the graph of a process's components. */
package io.jspp.secondary.component;
