/** Who may use a controller: its token and its UNIX socket, for the server and for its clients. */
package io.jspp.controller.access;
