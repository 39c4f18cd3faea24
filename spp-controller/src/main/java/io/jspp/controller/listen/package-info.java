/**
 * The TCP side towards the processes: accepting, registration, and one command at a time per process. One thread does all
 * input and output, so that no process can hold up another.
 */
package io.jspp.controller.listen;
