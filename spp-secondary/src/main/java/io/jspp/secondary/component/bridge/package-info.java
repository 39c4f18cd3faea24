/** The component {@code bridge}: a learning switch. */
package io.jspp.secondary.component.bridge;
