/**
 * Labs: a switch, virtual machines and network namespaces that one YAML file describes (docs/labs.md), started, checked and ended as one.
 * What runs is known from the lab's directory, so that each command is a process of its own. One thread, but for guests that boot in parallel.
 */
package io.jspp.controller.lab;
