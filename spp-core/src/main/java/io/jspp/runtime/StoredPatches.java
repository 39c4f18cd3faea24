package io.jspp.runtime;

import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process that patches ports must know to go on where the last one with its id stopped: one line per fact, as in
 *
 * <pre>
 *   nfv 1
 *   add ring:0
 *   patch phy:0nq1 ring:0
 *   forward
 * </pre>
 *
 * @param added ports that were added
 * @param patches in the order in which they were made
 * @param running whether packets move
 */
record StoredPatches(List<PortId> added, List<Patch> patches, boolean running) {
    private static final String VERSION_LINE = "nfv 1";

    StoredPatches {
        added = List.copyOf(added);
        patches = List.copyOf(patches);
    }

    static StoredPatches of(PatchPanel panel, PortTable ports) {
        return new StoredPatches(ports.added(), panel.patches(), panel.running());
    }

    /** Reads what {@link #encode} wrote; lines that make no sense (of another version) are left out. */
    static StoredPatches decode(String text) {
        List<PortId> added = new ArrayList<>();
        List<Patch> patches = new ArrayList<>();
        boolean running = false;
        String[] lines = text.split("\n");
        if (!lines[0].equals(VERSION_LINE)) {
            return new StoredPatches(added, patches, false);
        }
        for (String line : lines) {
            String[] words = line.split(" ");
            try {
                if (words[0].equals("add") && words.length == 2) {
                    added.add(PortId.parse(words[1]));
                } else if (words[0].equals("patch") && words.length == 3) {
                    patches.add(new Patch(PatchEnd.parse(words[1]), PatchEnd.parse(words[2])));
                } else if (words[0].equals("forward")) {
                    running = true;
                }
            } catch (IllegalArgumentException notOurs) {
                continue;
            }
        }
        return new StoredPatches(added, patches, running);
    }

    String encode() {
        StringBuilder text = new StringBuilder(VERSION_LINE).append('\n');
        added.forEach(port -> text.append("add ").append(port).append('\n'));
        patches.forEach(patch -> text.append("patch ")
                .append(patch.source().wire())
                .append(' ')
                .append(patch.destination().wire())
                .append('\n'));
        if (running) {
            text.append("forward\n");
        }
        return text.toString();
    }
}
