package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Node;
import java.util.ArrayList;
import java.util.List;

/** The shell lines that give a node its addresses and routes, the same for a guest's busybox and a namespace of this machine. */
final class NodeSetup {
    private NodeSetup() {}

    static List<String> lines(Node node, LabInterfaces interfaces) {
        List<String> lines = new ArrayList<>();
        lines.add("ip link set lo up");
        if (node.forward()) {
            lines.add("echo 1 >/proc/sys/net/ipv4/ip_forward");
            lines.add(
                    "! test -e /proc/sys/net/ipv6/conf/all/forwarding || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
        }
        for (Card card : node.cards()) {
            String name = node.kind() == Kind.VM ? card.name() : interfaces.inside(card);
            if (!card.mac().isEmpty() && node.kind() == Kind.NAMESPACE) {
                lines.add("ip link set " + name + " address " + card.mac());
            }
            for (String address : card.addresses()) {
                // Duplicate address detection would keep an IPv6 address unusable for seconds.
                lines.add("ip addr add " + address + (address.contains(":") ? " nodad" : "") + " dev " + name);
            }
            lines.add("ip link set " + name + " up");
        }
        for (String route : node.routes()) {
            boolean six = route.substring(route.lastIndexOf(' ')).contains(":");
            lines.add("ip " + (six ? "-6 " : "") + "route add " + route);
        }
        return lines;
    }
}
