/** The component {@code merge}. */
package io.jspp.secondary.component.merge;
