/** Which processes are connected, and how to talk to each: all a controller knows, rebuilt from their connections. */
package io.jspp.controller.inventory;
