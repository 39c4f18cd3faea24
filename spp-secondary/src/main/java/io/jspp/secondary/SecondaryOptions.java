package io.jspp.secondary;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Numbers;
import io.jspp.config.OptionTable;
import io.jspp.config.ProcessOptions;
import io.jspp.config.UsageException;

/** A secondary's own words after {@code --}: {@code -n ID -s HOST:PORT [--vhost-client] [--busy] [--fresh]}. */
final class SecondaryOptions {
    /** Largest client id; 0 is the primary. */
    static final int MAX_ID = 127;

    private int clientId;
    private boolean fresh;

    /** Adds the rows; their handlers fill this object. */
    SecondaryOptions(ProcessOptions.Parser parser) {
        OptionTable table = parser.application();
        table.option(
                "-n, --client-id",
                "ID",
                "client id, 1.." + MAX_ID + ", unique among all secondaries",
                v -> clientId = Numbers.smallInteger(v, 1, MAX_ID));
        table.flag(
                "--vhost-client",
                "vhost ports connect to the front-end's socket instead of listening",
                () -> parser.set(ConfigKeys.VHOST_CLIENT, "true"));
        table.flag(
                "--busy",
                "workers poll for ever instead of sleeping when idle",
                () -> parser.set(ConfigKeys.IDLE, "busy"));
        table.flag("--fresh", "forget the configuration of an earlier process with this id", () -> fresh = true);
    }

    /** Checks what only the whole line shows. */
    void finish() {
        if (clientId == 0) {
            throw new UsageException("option -n ID is missing: the client id, 1.." + MAX_ID + ", as in -n 1");
        }
    }

    int clientId() {
        return clientId;
    }

    boolean fresh() {
        return fresh;
    }
}
