package io.jspp.secondary;

import io.jspp.control.CommandTable;
import io.jspp.control.JsonWriter;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.port.PortId;
import io.jspp.runtime.PatchService;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.runtime.StatusParts;

/** The nfv: ports patched to ports, and patches that follow a guest. */
final class Nfv implements Role {
    private final ProcessRuntime runtime;
    private final PatchService patches;
    private final Migrations migrations;

    Nfv(ProcessRuntime runtime) {
        this.runtime = runtime;
        patches = new PatchService(runtime);
        migrations = new Migrations(patches.panel(), runtime.events(), patches::commit);
    }

    @Override
    public ProcessKind kind() {
        return ProcessKind.NFV;
    }

    @Override
    public CommandTable commands(Runnable exit) {
        return patches.addTo(new CommandTable(ProcessKind.NFV))
                .on("status", request -> Reply.status(this::writeStatus))
                .on("migrate", request -> {
                    PortId source = PortId.parse(request.argument("src"));
                    PortId destination = PortId.parse(request.argument("dst"));
                    return patches.change(() -> migrations.arm(source, destination));
                })
                .on("migrate reset", patches.changing(migrations::reset))
                .on("exit", request -> Reply.okThen(exit));
    }

    /** SPP's members first, {@code client-id status master-lcore lcores ports patches}. */
    private void writeStatus(JsonWriter json) {
        json.field("client-id", runtime.clientId());
        patches.writeState(json);
        json.field("master-lcore", runtime.options().lcores().mainId())
                .field("lcores", new StatusParts(runtime).lcoreIds());
        patches.writePatches(json);
        patches.writeDetails(json);
    }

    @Override
    public String resume(String stored) {
        return patches.resume(stored);
    }

    @Override
    public void close() {
        migrations.close();
        patches.close();
    }
}
