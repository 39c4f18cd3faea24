import io.jspp.controller.plugin.PluginException;
import io.jspp.controller.plugin.PluginShell;
import io.jspp.controller.plugin.ShellPlugin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The example of a plugin in Java. */
public final class Drops implements ShellPlugin {
    @Override
    public String help() {
        return """
                Show what was dropped, where and why.

                        spp > drops          # by all secondaries
                        spp > drops vf:1     # by this one
                """;
    }

    @Override
    public List<String> complete(String typed, PluginShell shell) throws PluginException {
        return processes(shell);
    }

    @Override
    public void run(List<String> arguments, PluginShell shell) throws PluginException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String process : arguments.isEmpty() ? processes(shell) : arguments) {
            String[] name = process.split(":", 2);
            if (name.length < 2) {
                throw new PluginException("\"" + process + "\" is no TYPE:ID, such as nfv:1");
            }
            Map<?, ?> status = (Map<?, ?>) shell.get("/v1/" + name[0] + "s/" + name[1]);
            for (Object row : list(status.get("counters"))) {
                Map<?, ?> queue = (Map<?, ?>) row;
                add(rows, process, queue.get("port") + " " + queue.get("direction"), queue);
            }
            for (Object row : list(status.get("component_counters"))) {
                Map<?, ?> component = (Map<?, ?>) row;
                add(rows, process, "component " + component.get("name"), component);
            }
        }
        if (shell.isJson()) {
            shell.printJson(rows);
            return;
        }
        for (Map<String, Object> row : rows) {
            shell.println(row.get("process") + ", " + row.get("place") + ": " + row.get("packets") + " " + row.get("reason"));
        }
    }

    private static void add(List<Map<String, Object>> rows, String process, String place, Map<?, ?> counters) {
        if (!(counters.get("drops") instanceof Map<?, ?> drops)) {
            return;
        }
        for (Map.Entry<?, ?> drop : drops.entrySet()) {
            if (((Number) drop.getValue()).longValue() > 0) {
                Map<String, Object> row = new TreeMap<>();
                row.put("process", process);
                row.put("place", place);
                row.put("reason", drop.getKey());
                row.put("packets", drop.getValue());
                rows.add(row);
            }
        }
    }

    /** Such as nfv:1; the primary has no id. */
    private static List<String> processes(PluginShell shell) throws PluginException {
        List<String> names = new ArrayList<>();
        for (Object entry : list(shell.get("/v1/processes"))) {
            Map<?, ?> process = (Map<?, ?>) entry;
            if (process.get("client-id") != null) {
                names.add(process.get("type") + ":" + process.get("client-id"));
            }
        }
        return names;
    }

    private static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
