package io.jspp.secondary;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Lcore;
import io.jspp.config.UsageException;
import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.QueueMap;

/** The nfv: ports patched to ports. */
final class Nfv implements Role {
    private final SecondaryRuntime runtime;
    private final PatchPanel panel;
    private final Migrations migrations;

    Nfv(SecondaryRuntime runtime) {
        this.runtime = runtime;
        panel = new PatchPanel(
                runtime.workers(),
                runtime.ports(),
                queueMap(),
                runtime.options().configuration().integer(ConfigKeys.BURST));
        migrations = new Migrations(panel, runtime.events(), this::commit);
    }

    private void commit() {
        runtime.store().commit(StoredConfiguration.of(panel, runtime.ports()).encode());
    }

    private QueueMap queueMap() {
        try {
            return QueueMap.parse(
                    runtime.options().configuration().text(ConfigKeys.QUEUE_MAP),
                    runtime.workerLcores().stream().map(Lcore::id).toList());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    @Override
    public ProcessKind kind() {
        return ProcessKind.NFV;
    }

    @Override
    public CommandTable commands(Runnable exit) {
        return new NfvCommands(panel, runtime.devices(), migrations, this::commit)
                .table(new NfvStatus(runtime, panel), exit);
    }

    @Override
    public String resume(String text) {
        StoredConfiguration stored = StoredConfiguration.decode(text);
        stored.added().forEach(port -> ConfigurationStore.attempt("add " + port, () -> panel.add(port)));
        stored.patches()
                .forEach(patch -> ConfigurationStore.attempt(
                        "patch " + patch, () -> panel.patch(patch.source(), patch.destination())));
        if (stored.running()) {
            ConfigurationStore.attempt("forward", panel::forward);
        }
        return stored.added().size() + " added ports, " + panel.patches().size() + " patches, "
                + (panel.running() ? "running" : "idling");
    }

    @Override
    public void close() {
        migrations.close();
        panel.close();
    }
}
