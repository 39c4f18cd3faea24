package io.jspp.controller.lab;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a lab file says, complete and checked.
 *
 * @param name also of its run directory and file prefix, with {@code lab-} in front
 * @param ports of the controller for primary, secondaries and REST; 0: one that is free
 * @param prefix {@code --file-prefix}
 * @param socketDirectory {@code --sock-dir}, or empty
 * @param primary words of {@code ./spp primary}, without what {@link SwitchWords} adds
 * @param secondaries words of {@code ./spp}, the same
 * @param commands shell lines
 */
record Lab(
        String name,
        String about,
        List<Integer> ports,
        String prefix,
        String socketDirectory,
        List<String> primary,
        List<List<String>> secondaries,
        List<Node> nodes,
        List<String> commands,
        List<Check> checks) {

    /** What a node is made of. */
    enum Kind {
        VM,
        NAMESPACE
    }

    /** What joins a card to its port. */
    enum Link {
        VHOST("vhost"),
        VETH("phy"),
        TAP("tap");

        private final String portType;

        Link(String portType) {
            this.portType = portType;
        }

        String portType() {
            return portType;
        }
    }

    /**
     * A machine of the lab.
     *
     * @param memoryMiB of a VM, as the following two
     * @param programs absolute paths of programs that the guest has besides busybox's
     * @param routes {@code DEST via GATEWAY}
     * @param forward whether it is a router
     */
    record Node(
            String name,
            Kind kind,
            int memoryMiB,
            int cpus,
            List<String> programs,
            List<Card> cards,
            List<String> routes,
            boolean forward) {}

    /**
     * A network card; {@code eth0} is the first of a node.
     *
     * @param port the switch's name for it: {@code vhost:3}
     * @param mac or empty: chosen by whoever makes the card
     * @param addresses with prefix length
     * @param listen QEMU listens and the switch connects
     */
    record Card(String name, Link link, String port, String mac, List<String> addresses, int queues, boolean listen) {
        int index() {
            return Integer.parseInt(port.substring(port.indexOf(':') + 1));
        }
    }

    /** Something that has to be so while the lab is up. */
    sealed interface Check permits Ping, Route, Run {
        String from();

        Duration limit();
    }

    /**
     * Echo requests.
     *
     * @param answered how many of {@code count} are, exactly
     * @param hops routers on the way back, by the answer's time to live; -1: not looked at
     */
    record Ping(String from, Duration limit, String address, int count, int answered, int hops) implements Check {}

    /** Who a packet passes: routers, then the last address itself. */
    record Route(String from, Duration limit, List<String> hops) implements Check {}

    /**
     * A shell line that has to end with 0.
     *
     * @param expect what its output has to contain
     */
    record Run(String from, Duration limit, String line, Pattern expect) implements Check {}

    Node node(String wanted) {
        return nodes.stream()
                .filter(node -> node.name().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    boolean has(Kind kind) {
        return nodes.stream().anyMatch(node -> node.kind() == kind);
    }

    /** All cards joined in a way, in the order of their ports. */
    List<Card> cards(Link link) {
        return nodes.stream()
                .flatMap(node -> node.cards().stream())
                .filter(card -> card.link() == link)
                .sorted(java.util.Comparator.comparingInt(Card::index))
                .toList();
    }
}
