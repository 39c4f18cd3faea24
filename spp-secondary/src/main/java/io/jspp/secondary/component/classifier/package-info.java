/** The component {@code classifier}: each frame goes to the port registered for its VLAN and destination address. */
package io.jspp.secondary.component.classifier;
