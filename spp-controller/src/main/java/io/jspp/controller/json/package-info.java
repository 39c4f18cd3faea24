/** Reading JSON from outside with limits, and writing it with the spacing of SPP's Python. */
package io.jspp.controller.json;
