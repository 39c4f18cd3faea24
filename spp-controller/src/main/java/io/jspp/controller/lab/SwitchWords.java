package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Link;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Completes the words of the switch's processes: where they meet, and the devices that cards of namespaces are joined to. */
final class SwitchWords {
    private final Lab lab;
    private final LabInterfaces interfaces;

    SwitchWords(Lab lab, LabInterfaces interfaces) {
        this.lab = lab;
        this.interfaces = interfaces;
    }

    List<String> controller() {
        List<String> words = new ArrayList<>(List.of("ctl"));
        List<String> options = List.of("-p", "-s", "-a");
        for (int i = 0; i < options.size(); i++) {
            words.addAll(List.of(options.get(i), "" + lab.ports().get(i)));
        }
        return words;
    }

    List<String> primary(int port) {
        List<String> given = lab.primary();
        int dashes = given.contains("--") ? given.indexOf("--") : given.size();
        List<String> words = new ArrayList<>(List.of("primary"));
        words.addAll(given.subList(0, dashes));
        words.addAll(List.of("--file-prefix", lab.prefix()));
        int devices =
                (int) words.stream().filter(word -> word.startsWith("--vdev")).count();
        for (Link link : List.of(Link.VETH, Link.TAP)) {
            for (Card card : lab.cards(link)) {
                words.addAll(List.of("--vdev", device(card)));
                devices++;
            }
        }
        if (devices == 0) {
            words.addAll(List.of("--vdev", "net_null0")); // a primary has a device at least
            devices++;
        }
        words.add("--");
        List<String> own = given.subList(Math.min(given.size(), dashes + 1), given.size());
        words.addAll(own);
        if (!own.contains("-p")) {
            words.addAll(List.of(
                    "-p",
                    "0x"
                            + BigInteger.ONE
                                    .shiftLeft(devices)
                                    .subtract(BigInteger.ONE)
                                    .toString(16)));
        }
        if (!own.contains("-n")) {
            words.addAll(List.of("-n", "1"));
        }
        words.addAll(meeting(port));
        return words;
    }

    private String device(Card card) {
        String name = card.link() == Link.TAP ? "net_tap" : "net_af_packet";
        String queues = card.queues() > 1 ? ",qpairs=" + card.queues() : "";
        return name + card.index() + ",iface=" + interfaces.outside(card) + queues;
    }

    List<String> secondary(List<String> given, int port) {
        int dashes = given.indexOf("--");
        List<String> words = new ArrayList<>(given.subList(0, dashes));
        words.addAll(List.of("--file-prefix", lab.prefix()));
        words.addAll(given.subList(dashes, given.size()));
        words.addAll(meeting(port));
        return words;
    }

    private List<String> meeting(int port) {
        List<String> words = new ArrayList<>(List.of("-s", "127.0.0.1:" + port));
        if (!lab.socketDirectory().isEmpty()) {
            words.addAll(List.of("--sock-dir", lab.socketDirectory()));
        }
        return words;
    }
}
