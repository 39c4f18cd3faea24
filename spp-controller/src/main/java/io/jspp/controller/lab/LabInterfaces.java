package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Card;

/**
 * Names of the interfaces that join namespaces to the switch, out of the way of those of other labs and of the machine.
 *
 * @param key a word of at most six characters, unique among labs that run
 */
record LabInterfaces(String key) {
    /** One that nobody else has while this process and what it starts live. */
    static LabInterfaces fresh() {
        return new LabInterfaces(Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX));
    }

    /** The switch's end: of a veth pair, or the tap. */
    String outside(Card card) {
        return "lab" + key + card.link().portType().charAt(0) + card.index();
    }

    /** The node's end. A tap keeps its name where it goes. */
    String inside(Card card) {
        return card.link() == Lab.Link.TAP ? outside(card) : card.name();
    }
}
