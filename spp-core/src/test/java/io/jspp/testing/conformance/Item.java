package io.jspp.testing.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A row of the conformance page: something that is proved with one or more front-ends. */
public sealed interface Item permits ReconnectCase, Feature {
    /** Constant's name. */
    String name();

    /** What the page calls it. */
    String title();

    /** The front-ends it exists for, and is to be proved with. */
    Set<Peer> peers();

    /** Why it does not exist for the others; empty when it does. */
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
