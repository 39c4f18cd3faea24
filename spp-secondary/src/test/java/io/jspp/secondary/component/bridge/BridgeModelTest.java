package io.jspp.secondary.component.bridge;

import static io.jspp.secondary.component.bridge.BridgeFixture.SECOND_NS;
import static io.jspp.secondary.component.bridge.BridgeFixture.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.net.MacAddress;
import io.jspp.secondary.component.ComponentCounters.Count;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random frames, times and changes of ports against the plainest bridge there is. */
class BridgeModelTest {
    private static final int AGE_S = 20;
    private static final int VLANS = 3;
    private static final long STATION = 0x0200_0000_0000L;

    /** Where a station was seen, and when. */
    private record Seen(int port, long tick) {}

    /** The rules in a map. */
    private static final class Model {
        final Map<String, Seen> seen = new HashMap<>();
        Set<Integer> rx = Set.of();
        Set<Integer> tx = Set.of();
        long learned;
        long moved;
        long aged;
        long drops;

        void use(Set<Integer> newRx, Set<Integer> newTx) {
            rx = newRx;
            tx = newTx;
            seen.values().removeIf(entry -> !rx.contains(entry.port) || !tx.contains(entry.port));
        }

        /** Ports that get the frame. */
        String ports(int port, long destination, long source, int vid, long tick) {
            int before = seen.size();
            seen.values().removeIf(entry -> tick - entry.tick > AGE_S * 100);
            aged += before - seen.size();
            if (destination >>> 4 == 0x0180_c200_0000L >>> 4) {
                drops++;
                return "";
            }
            int vlan = Math.max(0, vid);
            boolean station = source != 0 && (source >>> 40 & 1) == 0;
            if (station && rx.contains(port) && tx.contains(port)) {
                Seen former = seen.put(vlan + "/" + source, new Seen(port, tick));
                learned += former == null ? 1 : 0;
                moved += former != null && former.port != port ? 1 : 0;
            }
            Seen known = (destination >>> 40 & 1) == 0 ? seen.get(vlan + "/" + destination) : null;
            if (known != null) {
                drops += known.port == port ? 1 : 0;
                return known.port == port ? "" : Integer.toString(known.port);
            }
            Set<Integer> others = new TreeSet<>(tx);
            others.remove(port);
            drops += others.isEmpty() ? 1 : 0;
            StringBuilder text = new StringBuilder();
            others.forEach(text::append);
            return text.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldDoWhatTheModelDoes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int ports = 2 + random.nextInt(7);
        int stations = 1 + random.nextInt(300);
        List<Long> group = List.of(MacAddress.BROADCAST, 0x0180_c200_0003L, 0x0180_c200_0020L, 0x3333_0000_0001L, 0L);
        // as many per port as there are in all VLANs: one counted twice would be one too many
        BridgeOptions options = new BridgeOptions(AGE_S, 4000, VLANS * stations, 0);
        try (BridgeFixture bridge = new BridgeFixture(options, ports)) {
            Model model = new Model();
            Set<Integer> all = new TreeSet<>();
            for (int i = 0; i < ports; i++) {
                all.add(i);
            }
            model.use(all, all);
            long received = 0;
            long sent = 0;
            for (int step = 0; step < 20_000; step++) {
                bridge.nowNs += random.nextInt(10) == 0 ? random.nextLong(AGE_S * SECOND_NS / 50) : 1000;
                if (random.nextInt(500) == 0) {
                    Set<Integer> rx = subset(all, random);
                    Set<Integer> tx = subset(all, random);
                    model.use(rx, tx);
                    bridge.use(rx, tx);
                }
                if (!bridge.isRunning()) {
                    model.use(all, all);
                    bridge.use(all, all);
                }
                List<Integer> sources = new ArrayList<>(model.rx);
                int port = sources.get(random.nextInt(sources.size()));
                long destination = address(random, stations, group);
                long source = address(random, stations, group);
                int vid = random.nextInt(VLANS + 1) - 1;
                String expected = model.ports(port, destination, source, vid, bridge.nowNs / 10_000_000);
                assertEquals(
                        expected,
                        bridge.ports(port, frame(destination, source, vid)),
                        "seed " + seed + ", step " + step);
                received++;
                sent += expected.length();
            }
            assertEquals(model.learned, bridge.count(Count.LEARNED));
            assertEquals(model.moved, bridge.count(Count.MOVED));
            assertEquals(model.drops, bridge.drops());
            assertEquals(received + bridge.count(Count.COPIED), sent + bridge.drops());
            assertEquals(0, bridge.count(Count.UNLEARNED));
            assertEquals(0, bridge.count(Count.PORT_LIMIT));
            // an address too old whose port went before anybody looked is not counted
            assertTrue(bridge.count(Count.AGED) > 0 && bridge.count(Count.AGED) <= model.aged);
            assertEquals(
                    model.seen.size(), bridge.bridge().table(bridge.nowNs, 0).total());
        }
    }

    private static long address(SplittableRandom random, int stations, List<Long> group) {
        return random.nextInt(10) == 0
                ? group.get(random.nextInt(group.size()))
                : STATION + random.nextInt(stations) * 0x0101L;
    }

    private static Set<Integer> subset(Set<Integer> all, SplittableRandom random) {
        Set<Integer> some = new TreeSet<>();
        all.forEach(port -> {
            if (random.nextInt(4) != 0) {
                some.add(port);
            }
        });
        return some;
    }
}
