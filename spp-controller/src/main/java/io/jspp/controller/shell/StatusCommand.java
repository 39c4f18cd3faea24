package io.jspp.controller.shell;

import io.jspp.control.ProcessKind;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code status}: which processes the current controller knows. */
final class StatusCommand implements ShellCommand {
    private final Servers servers;
    private final OutputFormat format;
    private final PrintStream out;

    StatusCommand(final Servers servers, final OutputFormat format, final PrintStream out) {
        this.servers = servers;
        this.format = format;
        this.out = out;
    }

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String help() {
        return """
                Display status info of SPP processes.

                        spp > status
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final RestClient client = servers.current();
        final List<Map<String, Object>> processes = client.processes();
        final boolean primary = processes.stream()
                .anyMatch(process -> ProcessKind.PRIMARY.wireName().equals(process.get("type")));
        if (format.print(out, json(client, processes))) {
            return;
        }
        out.println("- spp-ctl:");
        out.println("  - address: " + client.endpoint());
        out.println("- primary:");
        out.println("  - status: " + (primary ? "running" : "not running"));
        out.println("- secondary:");
        out.println("  - processes:");
        int number = 1;
        for (final ProcessKind kind : ProcessKind.values()) {
            for (final Map<String, Object> process : processes) {
                if (kind.isSecondary() && kind.wireName().equals(process.get("type"))) {
                    out.println("    " + number++ + ": " + kind.wireName() + ':' + process.get("client-id"));
                }
            }
        }
    }

    private static Map<String, Object> json(final RestClient client, final List<Map<String, Object>> processes) {
        final Map<String, Object> object = new LinkedHashMap<>();
        object.put("address", client.endpoint());
        object.put("processes", processes);
        return object;
    }
}
