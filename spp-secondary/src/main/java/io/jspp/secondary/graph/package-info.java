/** What processes that run a graph of components have in common: vf and mirror. */
package io.jspp.secondary.graph;
