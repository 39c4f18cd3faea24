/** vhost-user back-end ports: {@code vhost:N} is a guest's network card, served on {@code sock<N>}. */
package io.jspp.port.vhost;
