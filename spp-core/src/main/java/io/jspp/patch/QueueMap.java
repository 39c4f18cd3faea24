package io.jspp.patch;

import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which lcore polls which receive queue: {@code vhost:0=2/3,phy:0=2,*=3}. Queue k of a port that is named goes to the k-th lcore of its list, over
 * and over again; {@code *} stands for ports that are not named.
 */
public final class QueueMap {
    private static final String ANY = "*";

    private final Map<String, List<Integer>> workers;

    private QueueMap(Map<String, List<Integer>> workers) {
        this.workers = workers;
    }

    /** Nothing is named. */
    public static QueueMap none() {
        return new QueueMap(Map.of());
    }

    /**
     * Reads the value of the key {@code queue.map}.
     *
     * @param text of the form that the key checks
     * @param lcores of the workers, in their order
     * @throws IllegalArgumentException naming an lcore on which no worker runs, or a port named twice
     */
    public static QueueMap parse(String text, List<Integer> lcores) {
        Map<String, List<Integer>> workers = new LinkedHashMap<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] sides = part.split("=");
            List<Integer> list = new ArrayList<>();
            for (String word : sides[1].split("/")) {
                int worker = word.length() > 4 ? -1 : lcores.indexOf(Integer.parseInt(word));
                if (worker < 0) {
                    throw new IllegalArgumentException("queue map \"" + part + "\": lcore " + word
                            + " has no worker of this process, " + lcores + " have");
                }
                list.add(worker);
            }
            String port = sides[0].equals(ANY) ? ANY : PortId.parse(sides[0]).toString();
            if (workers.put(port, list) != null) {
                throw new IllegalArgumentException("queue map: " + port + " is there twice");
            }
        }
        return new QueueMap(workers);
    }

    /** The worker that polls a queue; {@code usual} when nothing here applies. */
    int worker(PortId port, int queue, int usual) {
        List<Integer> list = workers.getOrDefault(port.toString(), workers.get(ANY));
        return list == null ? usual : list.get(queue % list.size());
    }
}
