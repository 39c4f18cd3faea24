package io.jspp.controller.topology;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Identifiers for languages that allow letters, digits and underscores only: {@code phy:0} becomes {@code phy_0}. */
final class Names {
    private final Map<String, String> ids = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /** The identifier of a name, the same each time, different for different names. */
    String id(final String name) {
        return ids.computeIfAbsent(name, key -> {
            final String plain = key.replaceAll("[^A-Za-z0-9]+", "_");
            String id = plain;
            for (int i = 2; !taken.add(id); i++) {
                id = plain + '_' + i;
            }
            return id;
        });
    }
}
