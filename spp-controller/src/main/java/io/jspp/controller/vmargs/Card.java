package io.jspp.controller.vmargs;

/**
 * One vhost port as a guest's network card.
 *
 * @param port {@code vhost:0}
 * @param socket path of the vhost-user socket
 * @param listens whether the switch listens there, so that the guest connects
 * @param origin where that is known from, for a comment
 * @param mac the card's address
 */
record Card(String port, String socket, boolean listens, String origin, String mac) {}
