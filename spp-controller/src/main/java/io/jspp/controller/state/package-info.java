/** What a switch is configured to do: read from its processes or from a file, compared, and the commands that lead from one to the other. */
package io.jspp.controller.state;
