/** Processes that are started again when they die. */
package io.jspp.supervision;
