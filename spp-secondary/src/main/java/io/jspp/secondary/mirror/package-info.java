/** The mirror: components that send everything twice. */
package io.jspp.secondary.mirror;
