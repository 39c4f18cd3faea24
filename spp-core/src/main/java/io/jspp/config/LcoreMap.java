package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which lcores a process has and where each runs. An lcore runs on the CPU of its number; one without such a CPU runs on the CPU at (id mod
 * number of allowed CPUs) of the allowed ones, except where {@code --lcores} names CPUs: those must exist.
 *
 * @param lcores in ascending order of their ids, at least one
 * @param mainId the control thread's lcore
 */
public record LcoreMap(List<Lcore> lcores, int mainId) {
    /** Largest lcore id and CPU number. */
    public static final int MAX_ID = 1023;

    public LcoreMap {
        lcores = List.copyOf(lcores);
    }

    /** Lcores from {@code -l} or {@code -c}. */
    public static SortedMap<Integer, SortedSet<Integer>> plain(SortedSet<Integer> ids) {
        SortedMap<Integer, SortedSet<Integer>> map = new TreeMap<>();
        for (int id : ids) {
            map.put(id, new TreeSet<>());
        }
        return map;
    }

    /**
     * DPDK's map: {@code 1,2@(5-7),(3-5)@(0,2),(0,6),7-8}.
     *
     * @return lcore id → CPUs, empty where none were named
     */
    public static SortedMap<Integer, SortedSet<Integer>> parse(String text) {
        SortedMap<Integer, SortedSet<Integer>> map = new TreeMap<>();
        Scanner in = new Scanner(text.replace(" ", ""));
        do {
            SortedSet<Integer> ids = in.set();
            SortedSet<Integer> cpus = in.take('@') ? in.set() : new TreeSet<>();
            for (int id : ids) {
                if (map.put(id, cpus) != null) {
                    throw new UsageException("lcore " + id + " appears twice in " + quoted(text));
                }
            }
        } while (in.take(','));
        in.end();
        return map;
    }

    /** Reads one map from left to right. */
    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        boolean take(char c) {
            if (at < text.length() && text.charAt(at) == c) {
                at++;
                return true;
            }
            return false;
        }

        SortedSet<Integer> set() {
            int from = at;
            if (take('(')) {
                int close = text.indexOf(')', at);
                if (close < 0) {
                    throw malformed();
                }
                at = close + 1;
                return CpuSets.list(text.substring(from + 1, close));
            }
            while (at < text.length() && "0123456789-".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            if (from == at) {
                throw malformed();
            }
            return CpuSets.list(text.substring(from, at));
        }

        void end() {
            if (at < text.length()) {
                throw malformed();
            }
        }

        private UsageException malformed() {
            return new UsageException(quoted(text) + " is not an lcore map such as 1,2@(5-7),(0-3)@1");
        }
    }

    /**
     * Places lcores on CPUs.
     *
     * @param wanted lcore id → CPUs named by the operator (empty: none)
     * @param mainId the operator's choice, or -1 for the lowest id
     * @param allowed CPUs of this process
     */
    public static LcoreMap place(
            SortedMap<Integer, SortedSet<Integer>> wanted, int mainId, SortedSet<Integer> allowed) {
        List<Integer> cpuList = new ArrayList<>(allowed);
        Map<Integer, Integer> users = new HashMap<>();
        Map<Integer, List<Integer>> placed = new HashMap<>();
        wanted.forEach((id, cpus) -> {
            List<Integer> where = new ArrayList<>();
            if (cpus.isEmpty()) {
                where.add(allowed.contains(id) ? id : cpuList.get(id % cpuList.size()));
            }
            for (int cpu : cpus) {
                if (!allowed.contains(cpu)) {
                    throw new UsageException("lcore " + id + " is mapped to cpu " + cpu
                            + ", which this process may not use: allowed are " + listText(allowed));
                }
                where.add(cpu);
            }
            where.forEach(cpu -> users.merge(cpu, 1, Integer::sum));
            placed.put(id, where);
        });
        List<Lcore> lcores = new ArrayList<>();
        wanted.forEach((id, cpus) -> {
            List<Integer> where = placed.get(id);
            boolean foreign = cpus.isEmpty() && !where.contains(id);
            lcores.add(new Lcore(id, where, foreign || where.stream().anyMatch(cpu -> users.get(cpu) > 1)));
        });
        int main = mainId < 0 ? wanted.firstKey() : mainId;
        if (!wanted.containsKey(main)) {
            throw new UsageException("main lcore " + main + " is not among the lcores " + listText(wanted.keySet()));
        }
        return new LcoreMap(lcores, main);
    }

    private static String listText(Iterable<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        numbers.forEach(n -> text.append(text.isEmpty() ? "" : ",").append(n));
        return text.toString();
    }

    /** The control thread's lcore. */
    public Lcore main() {
        return find(mainId);
    }

    /** Lcores for packet work: all but the main one, in ascending order; may be empty. */
    public List<Lcore> workers() {
        return lcores.stream().filter(lcore -> lcore.id() != mainId).toList();
    }

    /** Ids, main first as SPP's shell expects, then ascending. */
    public List<Integer> ids() {
        List<Integer> ids = new ArrayList<>();
        ids.add(mainId);
        workers().forEach(lcore -> ids.add(lcore.id()));
        return ids;
    }

    private Lcore find(int id) {
        return lcores.stream().filter(lcore -> lcore.id() == id).findFirst().orElseThrow();
    }
}
