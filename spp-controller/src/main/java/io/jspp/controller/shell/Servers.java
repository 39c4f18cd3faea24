package io.jspp.controller.shell;

import java.util.ArrayList;
import java.util.List;

/** The controllers the shell knows, and the one it talks to. Never empty. */
final class Servers {
    private final List<RestClient> clients;
    private int current;

    Servers(final List<RestClient> clients) {
        this.clients = new ArrayList<>(clients);
    }

    RestClient current() {
        return clients.get(current);
    }

    int currentIndex() {
        return current;
    }

    List<RestClient> all() {
        return List.copyOf(clients);
    }

    void add(final RestClient client) {
        clients.add(client);
    }

    void switchTo(final int index) {
        current = index;
    }

    /** Removes one that is not current; the current one stays current. */
    RestClient remove(final int index) {
        final RestClient removed = clients.remove(index);
        if (index < current) {
            current--;
        }
        return removed;
    }

    /** Index of a controller by its address, or -1. */
    int indexOf(final Object endpoint) {
        for (int i = 0; i < clients.size(); i++) {
            if (clients.get(i).endpoint().equals(endpoint.toString())) {
                return i;
            }
        }
        return -1;
    }
}
