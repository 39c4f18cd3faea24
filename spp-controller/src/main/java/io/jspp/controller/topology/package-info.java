/**
 * How the ports are wired, as a graph read from the processes' status objects, and its forms: text, dot, Mermaid, SVG and
 * images. The layout is our own; nothing outside the JDK is used, no fonts either. Everything but
 * {@link io.jspp.controller.topology.Subgraphs} is immutable or used by one thread.
 */
package io.jspp.controller.topology;
