/** Why something is not as it should be: the causes, in words for the operator, each with a next step. Knows nothing else. */
package io.jspp.state;
