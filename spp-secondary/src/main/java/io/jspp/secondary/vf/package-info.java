/** The vf: components on lcores of the operator's choice. */
package io.jspp.secondary.vf;
