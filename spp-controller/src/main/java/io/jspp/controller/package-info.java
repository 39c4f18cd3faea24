/** The controller process: listeners, REST, process inventory; and the shell. */
package io.jspp.controller;
