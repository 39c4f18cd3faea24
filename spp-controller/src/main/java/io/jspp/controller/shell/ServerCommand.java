package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.control.ControlEndpoint;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code server}: lists, adds, removes and switches controllers. */
final class ServerCommand implements ShellCommand {
    private static final int REST_PORT = 7777;

    private final Servers servers;
    private final OutputFormat format;
    private final PrintStream out;

    ServerCommand(final Servers servers, final OutputFormat format, final PrintStream out) {
        this.servers = servers;
        this.format = format;
        this.out = out;
    }

    @Override
    public String name() {
        return "server";
    }

    @Override
    public String help() {
        return """
                Switch SPP REST API server.

                        Show a list of servers. '*' means that it is under the control.

                            spp > server  # or 'server list'
                              1: 192.168.1.101:7777 *
                              2: 192.168.1.102:7777

                        Switch to the second node with index or address.

                            spp > server 2
                            Switch spp-ctl to "2: 192.168.1.102:7777".

                            # It is the same
                            spp > server 192.168.1.102  # no need port if default

                        Register or unregister a node by using 'add' or 'del' command.

                            spp > server add 192.168.122.177
                            Registered spp-ctl "192.168.122.177:7777".

                            spp > server del 2  # or 192.168.1.102
                            Unregistered spp-ctl "192.168.1.102:7777".
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final List<String> words = CommandCodec.words(arguments);
        final String verb = words.isEmpty() ? "list" : words.get(0);
        switch (verb) {
            case "list" -> list();
            case "add" -> add(argument(words, "Error: server address is requiired."));
            case "del" -> delete(argument(words, "Error: server address or index is requiired."));
            default -> switchTo(verb);
        }
    }

    @Override
    public List<String> complete(final String arguments) {
        final List<String> words = CommandCodec.words(arguments);
        final List<String> candidates = new ArrayList<>();
        final boolean second = words.size() > 1 || (words.size() == 1 && arguments.endsWith(" "));
        if (second && !words.get(0).equals("del")) {
            return candidates;
        }
        for (int i = 0; i < servers.all().size(); i++) {
            if (!second) {
                candidates.add(Integer.toString(i + 1));
            } else if (i != servers.currentIndex()) {
                candidates.add(Integer.toString(i + 1));
                candidates.add(servers.all().get(i).endpoint());
            }
        }
        if (!second) {
            candidates.addAll(List.of("list", "add", "del"));
        }
        return candidates;
    }

    private void list() {
        final List<Object> json = new ArrayList<>();
        for (int i = 0; i < servers.all().size(); i++) {
            final Map<String, Object> server = new LinkedHashMap<>();
            server.put("address", servers.all().get(i).endpoint());
            server.put("current", i == servers.currentIndex());
            json.add(server);
        }
        if (format.print(out, json)) {
            return;
        }
        for (int i = 0; i < servers.all().size(); i++) {
            out.printf("  %d: %s %s%n", i + 1, servers.all().get(i).endpoint(), i == servers.currentIndex() ? "*" : "");
        }
    }

    private void add(final String address) throws ShellException {
        final ControlEndpoint endpoint = parse(address);
        if (servers.indexOf(endpoint) >= 0) {
            throw new ShellException('"' + endpoint.toString() + "\" is already registered.");
        }
        final RestClient client = servers.current().to(endpoint);
        try {
            client.processes();
        } catch (final ShellException notReachable) {
            throw new ShellException("Is not spp-ctl on \"" + endpoint + "\", nor correct address?");
        }
        servers.add(client);
        out.println("Registered spp-ctl \"" + endpoint + "\".");
    }

    private void delete(final String what) throws ShellException {
        final int index;
        if (isNumber(what)) {
            index = index(what);
            if (index < 0) {
                throw new ShellException("Cannot del server of invalid ID \"" + what + "\"!");
            }
            if (index >= servers.all().size()) {
                throw new ShellException("Cannot del server \"" + what + "\" not exist!");
            }
        } else {
            final ControlEndpoint endpoint = parse(what);
            index = servers.indexOf(endpoint);
            if (index < 0) {
                throw new ShellException('"' + endpoint.toString() + "\" is not registered.");
            }
        }
        if (index == servers.currentIndex()) {
            throw new ShellException("Cannot del server \"" + what + "\" in use!");
        }
        out.println("Unregistered spp-ctl \"" + servers.remove(index).endpoint() + "\".");
    }

    private void switchTo(final String what) throws ShellException {
        final int index = isNumber(what) ? index(what) : servers.indexOf(parse(what));
        if (isNumber(what) && index < 0) {
            throw new ShellException("Server index should be > 0 !");
        }
        if (index < 0 || index >= servers.all().size()) {
            throw new ShellException("Cannot switch to no existing server \"" + what + "\".");
        }
        servers.switchTo(index);
        out.println(
                "Switch spp-ctl to \"" + (index + 1) + ": " + servers.current().endpoint() + "\".");
    }

    private static ControlEndpoint parse(final String address) throws ShellException {
        final int colon = address.lastIndexOf(':');
        final boolean hasPort = colon > address.lastIndexOf(']');
        final int port;
        try {
            port = hasPort ? ControlEndpoint.parsePort(address.substring(colon + 1)) : REST_PORT;
        } catch (final IllegalArgumentException malformed) {
            throw new ShellException(
                    "Error: Invalid port in \"" + CommandCodec.printable(address.substring(colon + 1)) + "\".");
        }
        final String host = hasPort ? address.substring(0, colon) : address;
        try {
            return new ControlEndpoint(ControlEndpoint.parseHost(host), port);
        } catch (final IllegalArgumentException malformed) {
            throw new ShellException("Error: Invalid address \"" + CommandCodec.printable(host) + "\".");
        }
    }

    private static String argument(final List<String> words, final String missingText) throws ShellException {
        if (words.size() < 2) {
            throw new ShellException(missingText);
        }
        return words.get(1);
    }

    private static boolean isNumber(final String text) {
        return text.matches("-?[0-9]{1,6}");
    }

    private static int index(final String number) {
        return Integer.parseInt(number) - 1;
    }
}
