/** {@code tap:N}: a tap interface, one queue descriptor for both directions. */
package io.jspp.port.tap;
