package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Card;
import java.io.File;
import java.util.stream.Stream;

/**
 * Names of the interfaces that join namespaces to the switch, out of the way of those of other labs and of the machine.
 *
 * @param key a word of at most six characters, unique among labs that run
 */
record LabInterfaces(String key) {
    /** One that nobody else has while this process and what it starts live. */
    static LabInterfaces fresh() {
        // Process numbers come back, and each pid namespace has its own.
        long number = ProcessHandle.current().pid();
        while (isTaken("lab" + Long.toString(number, Character.MAX_RADIX))) {
            number++;
        }
        return new LabInterfaces(Long.toString(number, Character.MAX_RADIX));
    }

    private static boolean isTaken(String beginning) {
        String[] names = new File("/sys/class/net").list();
        return names != null && Stream.of(names).anyMatch(name -> name.matches(beginning + "[pt][0-9]+"));
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
