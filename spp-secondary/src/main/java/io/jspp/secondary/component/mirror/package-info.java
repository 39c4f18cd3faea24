/** The component that sends everything twice. */
package io.jspp.secondary.component.mirror;
