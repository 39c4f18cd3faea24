package io.jspp.testing.conformance;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A row of the conformance page: something that is proved with one or more front-ends. */
public sealed interface Item permits ReconnectCase, Feature {
    /** Constant's name. */
    String name();

    /** What the page calls it. */
    String title();

    /** What is proved of it with a front-end. */
    Expected expected(Peer peer);

    /** The front-ends that some run proves it with. */
    default Set<Peer> peers() {
        Set<Peer> peers = EnumSet.noneOf(Peer.class);
        for (Peer peer : Peer.values()) {
            if (expected(peer) == Expected.EVERY_RUN || expected(peer) == Expected.FULL_RUN) {
                peers.add(peer);
            }
        }
        return peers;
    }

    /** Why it does not exist for a front-end or is not proved with it, or what a proof leaves out; may be empty. */
    String note();

    /** The item of a name that {@link #name} gave. */
    static Item named(String name) {
        return all().stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no conformance item is called " + name));
    }

    /** Every item, in the order of the page. */
    static List<Item> all() {
        List<Item> items = new ArrayList<>(List.of(ReconnectCase.values()));
        items.addAll(List.of(Feature.values()));
        return items;
    }
}
