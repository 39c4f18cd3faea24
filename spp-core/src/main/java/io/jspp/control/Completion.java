package io.jspp.control;

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
    PATCH_DESTINATION
}
