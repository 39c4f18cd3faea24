package io.jspp.primary;

import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;

/** The primary's handlers. Without a forwarder of its own it refuses what would patch ports, with the words SPP's shell has for that. */
final class PrimaryCommands {
    private static final String NO_FORWARDER = "No forwarder is running.";

    private PrimaryCommands() {}

    /** @param exit asked for by {@code exit}, after the reply was sent */
    static CommandTable table(PrimaryStatus status, Runnable exit) {
        CommandTable table = new CommandTable(ProcessKind.PRIMARY);
        table.on("status", request -> Reply.status(status::write));
        table.on("clear", request -> {
            status.clear();
            return Reply.ok();
        });
        table.on("exit", request -> Reply.okThen(exit));
        for (String command : new String[] {"add", "del", "patch", "patch reset", "forward", "stop"}) {
            table.on(command, request -> Reply.failed(NO_FORWARDER));
        }
        return table;
    }
}
