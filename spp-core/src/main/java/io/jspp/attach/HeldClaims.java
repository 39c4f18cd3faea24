package io.jspp.attach;

import io.jspp.linux.FileDescriptor;
import io.jspp.port.Direction;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The claims of a client: those it holds, and those of which only the primary may think so. Guarded by its {@link AttachClient}. */
final class HeldClaims {
    /** One direction of one queue. */
    record Key(PortId port, int queue, Direction direction) {
        /** A request about it. */
        AttachMessage message(String verb) {
            return AttachMessage.of(verb, port.toString(), Integer.toString(queue), direction.word());
        }

        @Override
        public String toString() {
            return port + "/" + queue + "/" + direction.word();
        }
    }

    /** For those with something to offer to a new primary, its descriptor (a ring's eventfd), else null. */
    private final Map<Key, FileDescriptor> held = new LinkedHashMap<>();

    private final List<Key> abandoned = new ArrayList<>();

    /** @param offer for the next primary, this object's from now on; null when there is nothing */
    void add(Key key, FileDescriptor offer) {
        held.put(key, offer);
    }

    /** Whether it was held. */
    boolean remove(Key key) {
        if (!held.containsKey(key)) {
            return false;
        }
        FileDescriptor offer = held.remove(key);
        if (offer != null) {
            offer.close();
        }
        return true;
    }

    /** The answer about it came too late, or could not be taken: the primary may think it is held. */
    void abandon(Key key) {
        abandoned.add(key);
    }

    /** To be released before the next claim; the caller removes those that were. */
    List<Key> abandoned() {
        return abandoned;
    }

    /** Tells a new primary of what is held. */
    AttachMessage offer(AttachMessage message, List<FileDescriptor> offer) {
        StringBuilder claims = new StringBuilder();
        StringBuilder eventfds = new StringBuilder();
        held.forEach((key, eventfd) -> {
            claims.append(claims.isEmpty() ? "" : ",").append(key);
            if (eventfd != null && offer.size() < AttachConnection.MAX_DESCRIPTORS) {
                eventfds.append(eventfds.isEmpty() ? "" : ",").append(key.port);
                offer.add(eventfd);
            }
        });
        return message.with("claims", claims).with("eventfds", eventfds);
    }

    /** Closes what it would have offered, and holds nothing any more. */
    void clear() {
        held.values().stream().filter(fd -> fd != null).forEach(FileDescriptor::close);
        held.clear();
    }
}
