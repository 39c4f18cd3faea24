package io.jspp.secondary;

import io.jspp.control.CommandException;
import io.jspp.control.CommandHandler;
import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.linux.LinuxException;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.port.PortException;
import io.jspp.port.PortId;

/** What an nfv does for each command of SPP's. Each change is committed before it is answered. */
final class NfvCommands {
    private final PatchPanel panel;
    private final DeviceList devices;
    private final Migrations migrations;
    private final Runnable commit;

    /** A change of the panel. */
    private interface Change {
        void make();
    }

    /** @param commit stores the configuration for the next process with this id */
    NfvCommands(PatchPanel panel, DeviceList devices, Migrations migrations, Runnable commit) {
        this.migrations = migrations;
        this.panel = panel;
        this.devices = devices;
        this.commit = commit;
    }

    /** @param exit ends this process for good; runs after the reply was sent */
    CommandTable table(NfvStatus status, Runnable exit) {
        return new CommandTable(ProcessKind.NFV)
                .on("status", request -> Reply.status(status::write))
                .on("add", request -> change(() -> panel.add(PortId.parse(request.argument("port")))))
                .on("del", request -> change(() -> panel.delete(PortId.parse(request.argument("port")))))
                .on("patch", request -> {
                    PatchEnd source = PatchEnd.parse(request.argument("src"));
                    PatchEnd destination = PatchEnd.parse(request.argument("dst"));
                    return change(() -> patch(source, destination));
                })
                .on("patch reset", changing(panel::reset))
                .on("migrate", request -> {
                    PortId source = PortId.parse(request.argument("src"));
                    PortId destination = PortId.parse(request.argument("dst"));
                    return change(() -> migrations.arm(source, destination));
                })
                .on("migrate reset", changing(migrations::reset))
                .on("forward", changing(panel::forward))
                .on("stop", changing(panel::stop))
                .on("exit", request -> Reply.okThen(exit));
    }

    private CommandHandler changing(Change change) {
        return request -> change(change);
    }

    private Reply change(Change change) throws CommandException {
        try {
            change.make();
        } catch (PortException | IllegalArgumentException | LinuxException e) {
            throw Refusal.of("", e);
        }
        commit.run();
        return Reply.ok();
    }

    private void patch(PatchEnd source, PatchEnd destination) {
        if (!panel.knows(source.port()) || !panel.knows(destination.port())) {
            devices.refreshIfPossible(); // the panel says below which port is not known
        }
        panel.patch(source, destination);
    }
}
