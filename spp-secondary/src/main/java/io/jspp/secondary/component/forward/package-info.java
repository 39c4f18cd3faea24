/** The component {@code forward}. */
package io.jspp.secondary.component.forward;
