package io.jspp.controller.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.ProcessKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderersTest {
    /** The dot text that SPP's shell wrote for this recipe; its order of nodes differs from run to run. */
    @Test
    void shouldWriteDotAsSppDoes() {
        assertEquals(lines("""
            digraph spp{
            newrank=true;
            node[shape="rectangle", style="filled"];
            phy_0[label="phy:0", fillcolor="white"];
            phy_1[label="phy:1", fillcolor="white"];
            ring_0[label="ring:0", fillcolor="yellow"];
            ring_1[label="ring:1", fillcolor="yellow"];
            vhost_1[label="vhost:1", fillcolor="antiquewhite"];
            vhost_2[label="vhost:2", fillcolor="antiquewhite"];
            vhost_3[label="vhost:3", fillcolor="antiquewhite"];
            vhost_4[label="vhost:4", fillcolor="antiquewhite"];
            {rank=same; phy_0; phy_1}
            {rank=same; ring_0; ring_1}
            {rank=same; vhost_1; vhost_2; vhost_3; vhost_4}
            {rank=max; phy_1}
            subgraph cluster0 {label="Host" phy_0; phy_1; ring_0; ring_1; vhost_1; vhost_2; vhost_3; vhost_4; \
            subgraph cluster1 {label="c1" vhost_1;vhost_2}; subgraph cluster2 {label="c2" vhost_3;vhost_4}}
            ring_1 -> vhost_1[label="nfv:1", color="green", style="solid"];
            vhost_2 -> ring_0[label="nfv:2", color="orange", style="solid"];
            ring_0 -> vhost_3[label="nfv:3", color="chocolate", style="solid"];
            vhost_4 -> ring_1[label="nfv:4", color="black", style="dashed"];
            }
            """), lines(DotRenderer.render(Graphs.twoSubgraphs(false))));
        assertTrue(lines(DotRenderer.render(Graphs.classifyIcmp())).containsAll(lines("""
            {rank=max; phy_1}
            phy_0 -> ring_0[label="vf:1:c", color="green", style="solid"];
            phy_0 -> ring_1[label="vf:1:c", color="green", style="solid"];
            ring_0 -> ring_2[label="vf:1:f", color="green", style="solid"];
            ring_1 -> ring_3[label="vf:1:f", color="green", style="solid"];
            ring_2 -> phy_1[label="vf:1:m", color="green", style="solid"];
            ring_3 -> phy_1[label="vf:1:m", color="green", style="solid"];
            """)));
    }

    private static TreeSet<String> lines(final String text) {
        return new TreeSet<>(text.lines().toList());
    }

    @Test
    void shouldWriteATree() {
        assertEquals("""
            vhost:2 [c1]
            └─ nfv:2 -> ring:0
               └─ nfv:3 -> vhost:3 [c2]
            vhost:4 [c2]
            └─ nfv:4 (idle) -> ring:1
               └─ nfv:1 -> vhost:1 [c1]
            not connected: phy:0, phy:1
            """, TextRenderer.render(Graphs.twoSubgraphs(false)));
        assertEquals("""
            phy:0
            ├─ vf:1:c -> ring:0
            │  └─ vf:1:f -> ring:2
            │     └─ vf:1:m -> phy:1
            └─ vf:1:c -> ring:1
               └─ vf:1:f -> ring:3
                  └─ vf:1:m -> phy:1
            """, TextRenderer.render(Graphs.classifyIcmp()));
        assertTrue(TextRenderer.render(Graphs.sixNetworks()).contains("""
            phy:0 [host]
            └─ <-> vf:1:br1 (bridge)
               ├─ <-> vhost:0 [rt1]
               ├─ <-> vhost:10 [h1]
               └─ <-> vhost:12 [htest]
            """));
    }

    @Test
    void shouldWriteEveryWayOnceIntoTheTree() {
        for (long seed = 0; seed < 100; seed++) {
            final Topology topology = Graphs.random(seed);
            final long ways = TextRenderer.render(topology)
                    .lines()
                    .filter(line -> line.contains("─ "))
                    .count();
            assertEquals(topology.merged().edges().size(), ways, "seed " + seed);
        }
    }

    @Test
    void shouldWriteMermaid() {
        final List<String> text =
                MermaidRenderer.render(Graphs.twoSubgraphs(false)).lines().toList();
        assertEquals("flowchart LR", text.get(0));
        assertTrue(text.contains("    subgraph subgraph_c1[\"c1\"]"));
        assertTrue(text.contains("        vhost_1[\"vhost:1\"]:::vhost"));
        assertTrue(text.contains("    ring_1 -->|\"nfv:1\"| vhost_1"));
        assertTrue(text.contains("    vhost_4 -.->|\"nfv:4\"| ring_1"));
        assertTrue(MermaidRenderer.render(Graphs.sixNetworks()).contains("    vhost_0 <--> vf_1_br1\n"));
    }

    @Test
    void shouldWriteWellFormedSvg() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            final String svg = SvgRenderer.render(Graphs.random(seed));
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp"})
    void shouldWriteImages(final String format) throws IOException {
        final Drawing drawing = Layouter.layout(Graphs.sixNetworks());
        final byte[] bytes = ImageRenderer.render(Graphs.sixNetworks(), format);
        final var image = ImageIO.read(new ByteArrayInputStream(bytes));
        assertEquals((int) Math.ceil(drawing.width() * 2), image.getWidth());
        assertEquals((int) Math.ceil(drawing.height() * 2), image.getHeight());
        final Drawing.Area box = drawing.boxes().get(0).area();
        final int inside = image.getRGB((int) (box.x() + 3) * 2, (int) (box.y() + 3) * 2);
        final int fill = Palette.fill(drawing.boxes().get(0).type());
        assertTrue(Math.abs((inside & 0xff) - (fill & 0xff)) < 16, () -> Integer.toHexString(inside));
        assertArrayEquals(bytes, ImageRenderer.render(Graphs.sixNetworks(), format));
    }

    @Test
    void shouldHaveAShapeForEveryCharacterOnAKeyboard() {
        for (char c = ' '; c < 127; c++) {
            assertTrue(StrokeFont.canDraw(String.valueOf(c)), "no shape for " + c);
        }
    }

    /** What SPP's own shell fails at: a port type without a colour, a client id beyond its ten colours. */
    @Test
    void shouldTakeWhateverAProcessSays() {
        final TopologyReader reader = new TopologyReader();
        reader.add(ProcessKind.NFV, Graphs.nfv(127, true, "memif:0", "pcap:3"));
        reader.add(
                ProcessKind.NFV,
                Map.of("client-id", "x", "ports", 7, "patches", List.of(1, Map.of("src", 2, "dst", "ring:0"))));
        reader.add(ProcessKind.VF, Map.of("components", List.of("x", Map.of("type", 3))));
        reader.add(ProcessKind.PCAP, Map.of());
        reader.add(ProcessKind.PRIMARY, Map.of("forwarder", List.of()));
        final Topology topology = reader.read(Map.of("a", List.of("nosuch:1")));
        assertEquals(4, topology.nodes().size());
        assertTrue(DotRenderer.render(topology).contains("memif_0 -> pcap_3[label=\"nfv:127\""));
    }
}
