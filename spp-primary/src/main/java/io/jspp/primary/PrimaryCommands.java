package io.jspp.primary;

import io.jspp.control.CommandCodec;
import io.jspp.control.CommandException;
import io.jspp.control.CommandHandler;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.port.PortException;
import io.jspp.port.PortId;

/**
 * The primary's handlers. Without a forwarder it refuses what would patch ports, with the words SPP's shell has for that. A change is committed
 * before it is answered. Control thread.
 */
final class PrimaryCommands {
    private static final String NO_FORWARDER = "No forwarder is running.";

    private final Registry registry;
    private final OwnConfiguration configuration;
    private final Forwarder forwarder;

    /** @param forwarder null when the primary has no lcore for it */
    PrimaryCommands(Registry registry, OwnConfiguration configuration, Forwarder forwarder) {
        this.registry = registry;
        this.configuration = configuration;
        this.forwarder = forwarder;
    }

    /** @param exit asked for by {@code exit}, after the reply was sent */
    CommandTable table(PrimaryStatus status, Launcher launcher, Runnable exit) {
        CommandTable table = new CommandTable(ProcessKind.PRIMARY);
        if (forwarder != null) {
            forwarder.addTo(table);
        } else {
            for (String command : new String[] {"add", "patch", "patch del", "patch reset", "forward", "stop"}) {
                table.on(command, request -> Reply.failed(NO_FORWARDER));
            }
        }
        new FlowHandlers(registry, configuration).addTo(table);
        return table.on("status", request -> Reply.status(status::write))
                .on("clear", request -> {
                    status.clear();
                    return Reply.ok();
                })
                .on("del", deletion())
                .on("add pipe", this::addPipe)
                .on("launch", request -> launch(request, launcher))
                .on("exit", request -> Reply.okThen(exit));
    }

    private Reply launch(CommandRequest request, Launcher launcher) throws CommandException {
        int id = request.intArgument("client_id");
        registry.requireUnused(id);
        launcher.launch(
                id,
                request.argument("proc_name"),
                CommandCodec.words(request.argument("eal")),
                CommandCodec.words(request.argument("app")));
        return Reply.ok();
    }

    /** {@code del} of a pipe is the primary's, of any other port its forwarder's. */
    private CommandHandler deletion() {
        return request -> {
            PortId port = PortId.parse(request.argument("port"));
            if (port.type().equals(Pipes.TYPE)) {
                return deletePipe(port);
            }
            return forwarder == null ? Reply.failed(NO_FORWARDER) : forwarder.delete(port);
        };
    }

    private Reply addPipe(CommandRequest request) {
        try {
            PortId port = PortId.parse(request.argument("port"));
            PortId rx = PortId.parse(request.argument("rx"));
            PortId tx = PortId.parse(request.argument("tx"));
            registry.inspect(claims -> {
                claims.addPipe(port, rx, tx);
                return null;
            });
        } catch (PortException | IllegalArgumentException e) {
            return Reply.failed(e.getMessage());
        }
        if (forwarder != null) {
            forwarder.refresh();
        }
        configuration.commit();
        return Reply.ok();
    }

    private Reply deletePipe(PortId pipe) {
        try {
            registry.inspect(claims -> {
                claims.deletePipe(pipe);
                return null;
            });
        } catch (PortException e) {
            return Reply.failed(e.getMessage());
        }
        if (forwarder != null) {
            forwarder.forget(pipe);
        }
        configuration.commit();
        return Reply.ok();
    }
}
