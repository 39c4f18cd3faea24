package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Link;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.yaml.YamlException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives each card a port of the switch, and puts ports in the place of <code>{NODE.ethN}</code> in lines. */
final class PortAssignment {
    private static final Pattern PLACE = Pattern.compile("\\{([^{} ]*)}");

    /** Ports below belong to devices that the file gives to the primary itself. */
    private final Map<Link, Integer> first = new EnumMap<>(Link.class);

    private final Map<Link, Set<Integer>> taken = new EnumMap<>(Link.class);
    private final Map<String, String> ports = new HashMap<>();

    PortAssignment(List<String> primary) {
        for (Link link : Link.values()) {
            first.put(link, 0);
            taken.put(link, new TreeSet<>());
        }
        for (int i = 0; i + 1 < primary.size() && !primary.get(i).equals("--"); i++) {
            String device = primary.get(i).equals("--vdev")
                    ? primary.get(i + 1)
                    : primary.get(i).startsWith("--vdev=") ? primary.get(i).substring("--vdev=".length()) : "";
            if (device.startsWith("net_af_packet")) {
                first.merge(Link.VETH, 1, Integer::sum);
            } else if (device.startsWith("net_tap")) {
                first.merge(Link.TAP, 1, Integer::sum);
            }
        }
    }

    /** The nodes with a port for each card. */
    List<Node> assign(List<LabFile.NodeDraft> drafts) throws YamlException {
        for (LabFile.NodeDraft draft : drafts) {
            for (Card card : draft.node().cards()) {
                if (!card.port().isEmpty() && !taken.get(card.link()).add(card.index())) {
                    throw new YamlException(draft.place().place(), card.port() + " belongs to another card already");
                }
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (LabFile.NodeDraft draft : drafts) {
            Node node = draft.node();
            List<Card> cards = new ArrayList<>();
            for (Card card : node.cards()) {
                String port = card.port().isEmpty() ? card.link().portType() + ":" + next(card.link()) : card.port();
                ports.put(node.name() + "." + card.name(), port);
                cards.add(new Card(
                        card.name(), card.link(), port, card.mac(), card.addresses(), card.queues(), card.listen()));
            }
            nodes.add(new Node(
                    node.name(),
                    node.kind(),
                    node.memoryMiB(),
                    node.cpus(),
                    node.programs(),
                    cards,
                    node.routes(),
                    node.forward()));
        }
        checkWithoutGaps(drafts);
        return nodes;
    }

    private int next(Link link) {
        int port = first.get(link);
        while (!taken.get(link).add(port)) {
            port++;
        }
        return port;
    }

    /** The primary numbers its devices in the order of its options. */
    private void checkWithoutGaps(List<LabFile.NodeDraft> drafts) throws YamlException {
        for (Link link : List.of(Link.VETH, Link.TAP)) {
            int expected = first.get(link);
            for (int port : taken.get(link)) {
                if (port != expected++) {
                    throw new YamlException(
                            drafts.get(0).place().place(),
                            "ports " + link.portType() + ":N of cards are numbered from " + first.get(link)
                                    + " on without a gap; " + link.portType() + ":" + port + " is not");
                }
            }
        }
    }

    /**
     * The line with ports in their places.
     *
     * @param place of the line
     */
    String fill(String line, String place) throws YamlException {
        Matcher matcher = PLACE.matcher(line);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            String port = ports.get(matcher.group(1));
            if (port == null && matcher.group(1).matches("[a-z][a-z0-9-]*\\.eth[0-9]+")) {
                throw new YamlException(place, "there is no card " + matcher.group(1));
            }
            matcher.appendReplacement(filled, Matcher.quoteReplacement(port == null ? matcher.group() : port));
        }
        matcher.appendTail(filled);
        return filled.toString();
    }
}
