package io.jspp.controller.vmargs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class VmArgsMainTest {
    private final StringWriter err = new StringWriter();
    private int exitCode;

    private List<String> run(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            exitCode = new VmArgsMain().line().setErr(new PrintWriter(err)).execute(arguments);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Lines that are no comment. */
    private static List<String> code(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    @Test
    void shouldPrintQemuArgumentsForASocketWeListenOn() {
        List<String> lines = run("vhost:0", "--qemu", "--tcg", "--sock-dir", "/tmp/s", "-m", "256");
        assertEquals(0, exitCode);
        assertEquals(
                List.of(
                        "-m 256M \\",
                        "-object memory-backend-memfd,id=mem0,size=256M,share=on \\",
                        "-machine memory-backend=mem0 \\",
                        "-chardev socket,id=chr0,path=/tmp/s/sock0,reconnect=1 \\",
                        "-netdev vhost-user,id=net0,chardev=chr0 \\",
                        "-device virtio-net-pci,netdev=net0,mac=52:54:00:00:00:01,vectors=0,rx_queue_size=1024,tx_queue_size=1024"),
                code(lines));
        assertTrue(lines.get(0).startsWith("# vhost:0: /tmp/s/sock0, where the switch listens ("), lines.get(0));
    }

    @Test
    void shouldMakePortsNamedTogetherTheCardsOfOneGuest() {
        List<String> lines = code(run(
                "vhost:3",
                "vhost:1",
                "--qemu",
                "--sock-dir",
                "/tmp/s",
                "--vhost-client",
                "--queues",
                "4",
                "--packed",
                "--mac",
                "52:54:00:ab:00:ff"));
        assertEquals(9, lines.size(), lines.toString());
        assertTrue(lines.get(3).contains("path=/tmp/s/sock3,server=on,wait=off"), lines.get(3));
        assertTrue(lines.get(4).contains("queues=4"), lines.get(4));
        assertTrue(lines.get(5).contains("mac=52:54:00:ab:00:ff,mq=on,vectors="), lines.get(5));
        assertTrue(lines.get(5).contains("packed=on"), lines.get(5));
        assertTrue(lines.get(6).contains("id=chr1,path=/tmp/s/sock1"), lines.get(6));
        assertTrue(lines.get(8).contains("mac=52:54:00:ab:01:00"), lines.get(8));
    }

    @Test
    void shouldQuoteForTheShellForQemuAndForXml() throws Exception {
        String directory = "/tmp/a,b 'c' & d";
        List<String> qemu = code(run("vhost:0", "--qemu", "--sock-dir", directory));
        assertEquals("-chardev 'socket,id=chr0,path=/tmp/a,,b '\\''c'\\'' & d/sock0,reconnect=1' \\", qemu.get(3));
        Element source = (Element) domain(code(run("vhost:0", "--libvirt", "--sock-dir", directory)))
                .getElementsByTagName("source")
                .item(1);
        assertEquals(directory + "/sock0", source.getAttribute("path"));
    }

    @Test
    void shouldPrintNoPathThatAProgramWouldCutAtItsComma() {
        for (String format : List.of("--testpmd", "--cloud-hypervisor")) {
            run("vhost:0", format, "--sock-dir", "/tmp/a,b");
            assertEquals(2, exitCode);
            assertTrue(err.toString().contains("--sock-dir: a socket's path has a comma"), err.toString());
        }
        List<String> all = run("vhost:0", "--sock-dir", "/tmp/a,b");
        assertEquals(0, exitCode);
        assertEquals(
                2,
                all.stream()
                        .filter(line -> line.startsWith("# nothing: the socket's path"))
                        .count());
        assertFalse(all.stream().anyMatch(line -> line.contains("--vdev") || line.contains("--net ")), all.toString());
    }

    private static Element domain(List<String> lines) throws Exception {
        String text = "<domain>" + String.join("\n", lines) + "</domain>";
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(text)))
                .getDocumentElement();
    }

    @Test
    void shouldPrintWellFormedXmlWithTheOtherRoleThanOurs() throws Exception {
        Element domain = domain(code(
                run("vhost:0", "vhost:1", "--libvirt", "--sock-dir", "/tmp/s", "--vhost-client", "--queues", "2")));
        Element card = (Element) domain.getElementsByTagName("interface").item(1);
        assertEquals("vhostuser", card.getAttribute("type"));
        Element source = (Element) card.getElementsByTagName("source").item(0);
        assertEquals("server", source.getAttribute("mode"));
        assertEquals("/tmp/s/sock1", source.getAttribute("path"));
        assertEquals("2", ((Element) card.getElementsByTagName("driver").item(0)).getAttribute("queues"));
        assertEquals("shared", ((Element) domain.getElementsByTagName("access").item(0)).getAttribute("mode"));
    }

    @Test
    void shouldPrintCloudHypervisorArguments() {
        assertEquals(
                List.of(
                        "--memory size=1024M,shared=on \\",
                        "--net vhost_user=true,socket=/tmp/s/sock0,vhost_mode=client,mac=52:54:00:00:00:01,num_queues=4,queue_size=1024"),
                code(run("vhost:0", "--cloud-hypervisor", "--sock-dir", "/tmp/s", "--queues", "2")));
    }

    /** The lines of cloud-hypervisor's guide to networking, letter by letter. */
    @Test
    void shouldPrintTapsAsCloudHypervisorsGuideDoes() {
        String two = "--tap=ich0=192.168.4.2/24,--tap=ich1=10.0.1.2/24";
        List<String> words = new ArrayList<>(List.of("--cloud-hypervisor", "-m", "512", "--mac", "a4:a1:c2:00:00:01"));
        words.addAll(List.of(two.split(",")));
        assertEquals(
                List.of(
                        "--memory size=512M \\",
                        "--net tap=ich0,mac=a4:a1:c2:00:00:01,ip=192.168.4.2,mask=255.255.255.0,num_queues=2,queue_size=256"
                                + " tap=ich1,mac=a4:a1:c2:00:00:02,ip=10.0.1.2,mask=255.255.255.0,num_queues=2,queue_size=256"),
                code(run(words.toArray(new String[0]))));

        words.remove(words.size() - 1);
        words.addAll(List.of("--queues", "2"));
        assertEquals(
                "--net tap=ich0,mac=a4:a1:c2:00:00:01,ip=192.168.4.2,mask=255.255.255.0,num_queues=4,queue_size=256",
                code(run(words.toArray(new String[0]))).get(1));
    }

    @Test
    void shouldPutTapsBehindVhostPorts() {
        assertEquals(
                List.of(
                        "--memory size=1024M,shared=on \\",
                        "--net vhost_user=true,socket=/tmp/s/sock0,vhost_mode=client,mac=52:54:00:00:00:01,num_queues=8,queue_size=1024"
                                + " tap=t0,mac=52:54:00:00:00:02,num_queues=8,queue_size=256"),
                code(run("vhost:0", "--cloud-hypervisor", "--sock-dir", "/tmp/s", "--queues", "4", "--tap", "t0")));
    }

    @ParameterizedTest
    @CsvSource({
        "ich0=192.168.4.2, an interface",
        "ich0=192.168.4.256/24, an interface",
        "ich0=192.168.4.2/33, /33: 0 to 32",
        "a name, an interface",
        "sixteen-letters0, an interface",
    })
    void shouldRefuseTapsThatCantBe(String tap, String sentence) {
        run("--cloud-hypervisor", "--tap", tap);
        assertEquals(2, exitCode);
        assertTrue(err.toString().contains(sentence), err.toString());
    }

    @Test
    void shouldRefuseTapsForOthersThanCloudHypervisor() {
        for (String[] words : List.of(new String[] {"--tap", "t0"}, new String[] {"--qemu", "--tap", "t0"})) {
            run(words);
            assertEquals(2, exitCode);
            assertTrue(err.toString().contains("--tap: for --cloud-hypervisor alone"), err.toString());
        }
    }

    @Test
    void shouldPrintEverythingWithoutAChoiceAndWithoutRunningProcesses() {
        List<String> lines = run("--file-prefix", "vmargs-test");
        assertEquals(0, exitCode, err.toString());
        assertTrue(lines.get(0).contains("/vmargs-test/sock0"), lines.get(0));
        for (String word : List.of("-chardev ", "<interface ", "--net ", "dpdk-testpmd ", "net_vhost0")) {
            assertTrue(lines.stream().anyMatch(line -> line.contains(word)), word);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "phy:0, '\"phy:0\": vhost:N expected'",
        "vhost:x, vhost:N expected",
        "--memory=1, --memory 1: 32 MiB",
        "--queues=17, --queues 17: 1 to 16",
        "--mac=52:54, --mac: MAC address",
        "-b=host:0, '-b: '",
        "--nosuch, Unknown option",
    })
    void shouldRefuseWhatMakesNoSense(String argument, String sentence) {
        run(argument);
        assertEquals(2, exitCode, argument);
        assertTrue(err.toString().contains(sentence), err.toString());
    }

    @Test
    void shouldEndWithThreeWhenTheNamedControllerIsNotThere() {
        run("-b", "127.0.0.1:1");
        assertEquals(3, exitCode);
        assertTrue(
                err.toString().startsWith("spp vm-args: Error: no controller answers at 127.0.0.1:1"), err.toString());
    }
}
