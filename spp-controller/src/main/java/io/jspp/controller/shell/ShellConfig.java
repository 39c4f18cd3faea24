package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The shell's own settings, SPP's keys, defaults and sentences. One thread. */
final class ShellConfig {
    static final String PROMPT = "prompt";
    static final String MAX_SECONDARY = "max_secondary";
    static final String MEMORY = "sec_mem";
    static final String MAIN_LCORE = "sec_m_lcore";
    static final String WAIT_LAUNCH = "sec_wait_launch";
    static final String VHOST_CLIENT = "sec_vhost_cli";
    static final String PCAP_PORT = "sec_pcap_port";

    private static final String TOPO_SIZE = "topo_size";
    private static final int MAX_VALUE_LENGTH = 256;
    private static final long MAX_FILE_BYTES = 64 * 1024;
    private static final String NUMBER = "\\d{1,5}";

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Map<String, String> values = new LinkedHashMap<>();

    /** A setting: what it is for, and what its value must look like. */
    private record Setting(String sentence, Pattern values) {}

    ShellConfig() {
        add(MAX_SECONDARY, "16", "The maximum number of secondary processes", NUMBER);
        add(PROMPT, "spp > ", "Command prompt", ".*");
        add(TOPO_SIZE, "60%", "Percentage or ratio of topo", "(100|[1-9]\\d?)%|0\\.\\d*[1-9]\\d*|1(\\.0+)?");
        add(MEMORY, "-m 512", "Mem size", "-m \\d+|--socket-mem \\d+(,\\d+)*");
        add(MAIN_LCORE, "2", "Main lcore of secondaries", NUMBER);
        add(WAIT_LAUNCH, "0.5", "Seconds to wait for a launched secondary", "\\d{1,4}(\\.\\d{1,3})?");
        add(VHOST_CLIENT, "", "Vhost client mode, activated if set any of values", ".*");
        add("sec_nfv_nof_lcores", "1", "Default num of lcores for workers of spp_nfv", NUMBER);
        add("sec_vf_nof_lcores", "3", "Default num of lcores for workers of spp_vf", NUMBER);
        add("sec_mirror_nof_lcores", "2", "Default num of lcores for workers of spp_mirror", NUMBER);
        add("sec_pcap_nof_lcores", "2", "Default num of lcores for workers of spp_pcap", NUMBER);
        add(PCAP_PORT, "phy:0", "Default port of spp_pcap", "(phy|ring):\\d{1,5}");
    }

    private void add(final String key, final String value, final String sentence, final String pattern) {
        settings.put(key, new Setting(sentence, Pattern.compile(pattern)));
        values.put(key, value);
    }

    String get(final String key) {
        return values.get(key);
    }

    /** Value of a setting that is a number. */
    int number(final String key) {
        return Integer.parseInt(values.get(key));
    }

    /** Size of a picture on the terminal, 1 for the whole one. */
    double topologySize() {
        final String size = values.get(TOPO_SIZE);
        return size.endsWith("%")
                ? Integer.parseInt(size.substring(0, size.length() - 1)) / 100.0
                : Double.parseDouble(size);
    }

    /** How long {@code launch} waits for a process to appear. */
    long launchWaitNs() {
        return (long) (Double.parseDouble(values.get(WAIT_LAUNCH)) * 1e9);
    }

    String sentence(final String key) {
        return settings.get(key).sentence();
    }

    List<String> keys() {
        return List.copyOf(settings.keySet());
    }

    /** The key itself, or all that begin like it. */
    List<String> keysLike(final String text) {
        if (settings.containsKey(text)) {
            return List.of(text);
        }
        final List<String> keys = new ArrayList<>(settings.keySet());
        keys.removeIf(key -> !key.startsWith(text));
        return keys;
    }

    /**
     * Changes a setting.
     *
     * @throws ShellException in SPP's words when the value is not allowed
     */
    void set(final String key, final String value) throws ShellException {
        final Setting setting = settings.get(key);
        if (setting == null) {
            throw new ShellException("Error: no config \"" + CommandCodec.printable(key) + "\".");
        }
        if (value.length() > MAX_VALUE_LENGTH
                || !setting.values().matcher(value).matches()) {
            throw new ShellException("Invalid value \"" + CommandCodec.printable(value) + "\" for \"" + key + '"');
        }
        values.put(key, value);
    }

    /**
     * Takes the settings of a file, SPP's form ({@code key: {val: …, desc: …}}) or {@code key: value}. All or nothing.
     *
     * @throws ShellException with file, key and what is allowed
     */
    void load(final Path file) throws ShellException {
        final Map<String, String> before = new LinkedHashMap<>(values);
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new ShellException("Error: " + file + " has more than " + MAX_FILE_BYTES + " bytes.");
            }
            final Object root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromReader(reader);
            if (!(root instanceof Map<?, ?> map)) {
                throw new ShellException("Error: " + file + " is no list of \"key: value\".");
            }
            for (final Map.Entry<?, ?> entry : map.entrySet()) {
                final Object value = entry.getValue() instanceof Map<?, ?> spp ? spp.get("val") : entry.getValue();
                set(String.valueOf(entry.getKey()), value == null ? "" : String.valueOf(value));
            }
        } catch (final IOException | YamlEngineException unreadable) {
            throw new ShellException("Error: cannot read " + file + ": " + unreadable.getMessage());
        } catch (final ShellException wrong) {
            values.putAll(before);
            throw new ShellException(wrong.getMessage() + " (in " + file + ')');
        }
    }
}
