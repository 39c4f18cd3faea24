/** The vf: components forward, merge and classifier on lcores of the operator's choice. */
package io.jspp.secondary.vf;
