package io.jspp.control;

import java.util.List;

/** Where the shell takes the candidates for an argument from when TAB is pressed. */
public enum Completion {
    /** What the type suggests: the words of a choice, or how every value begins. */
    FROM_TYPE,
    /** {@code ring:}, {@code vhost:} … : the types a process can add. */
    NEW_PORT,
    /** Ports of the process that are neither physical nor part of a patch. */
    REMOVABLE_PORT,
    /** Ports that are no patch's source yet. */
    PATCH_SOURCE,
    /** Ports that are no patch's destination yet. */
    PATCH_DESTINATION,
    /** lcores that run no component. */
    UNUSED_CORE,
    /** Names of the components that run. */
    COMPONENT,
    /** A name that is free: nothing to choose from. */
    NEW_NAME("NAME"),
    /** Any port. */
    RESOURCE("RES_UID"),
    /** An address, or {@code default}. */
    MAC_ADDRESS("MAC_ADDR", "default"),
    /** The address of one station. */
    STATION("MAC_ADDR"),
    /** An address of a host. */
    IP_ADDRESS("IP_ADDR"),
    VID("VID"),
    PCP("PCP");

    private final List<String> placeholders;

    Completion(final String... placeholders) {
        this.placeholders = List.of(placeholders);
    }

    /** What SPP's shell shows where there is nothing to choose from. */
    public List<String> placeholders() {
        return placeholders;
    }
}
