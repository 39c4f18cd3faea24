package io.jspp.control;

import static io.jspp.control.CommandSpec.command;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The commands themselves. Wire forms, REST routes and texts are SPP's. */
final class StandardCommands {
    private static final String STATUS_HELP = "show what it runs and how its ports are patched";

    private static final String LAUNCH_SHORT = "Error: Not enough parameters.";

    private StandardCommands() {}

    static List<CommandSpec> all() {
        final List<CommandSpec> specs = new ArrayList<>();
        specs.add(status(ProcessKind.PRIMARY, "/status"));
        specs.add(command(ProcessKind.PRIMARY, "clear", "clear")
                .rest("DELETE", "/status")
                .success("Clear port statistics.")
                .help("set the packet counters of all physical and ring ports to 0")
                .build());
        patchPanel(specs, ProcessKind.PRIMARY);
        specs.addAll(FlowCommands.all());
        specs.add(launch());
        specs.add(exit(ProcessKind.PRIMARY).success("Exit primary").restOnly().build());

        specs.add(status(ProcessKind.NFV, ""));
        patchPanel(specs, ProcessKind.NFV);
        specs.add(command(ProcessKind.NFV, "migrate", "migrate {src} {dst}")
                .argument("src", ArgumentType.PLAIN_PORT, Completion.PATCH_SOURCE, "Error: Params are required!")
                .argument("dst", ArgumentType.PLAIN_PORT, Completion.PATCH_DESTINATION, "Error: Dst port is required!")
                .rest("PUT", "/migrations")
                .body("src", "{src}")
                .body("dst", "{dst}")
                .echo("ports.src", "{src}")
                .echo("ports.dst", "{dst}")
                .success("Expect the guest of {src} on {dst}.")
                .help("move all patches of SRC to DST as soon as SRC's guest has migrated there")
                .build());
        specs.add(command(ProcessKind.NFV, "migrate reset", "migrate reset")
                .rest("DELETE", "/migrations")
                .success("Expect no migration.")
                .help("expect no migration any more")
                .build());
        specs.add(exit(ProcessKind.NFV).success("Exit nfv {id}").build());

        specs.add(componentStatus(ProcessKind.VF, "show its components with their ports, and the classifier table"));
        ComponentCommands.add(specs, ProcessKind.VF, true, "forward", "merge", "classifier", "bridge", "responder");
        ComponentCommands.addTable(specs, ProcessKind.VF);
        ComponentCommands.addTablePages(specs, ProcessKind.VF);
        ComponentCommands.addBridge(specs, ProcessKind.VF);
        ComponentCommands.addResponder(specs, ProcessKind.VF);
        specs.add(exit(ProcessKind.VF).success("Exit vf {id}.").build());

        specs.add(componentStatus(ProcessKind.MIRROR, "show its components with their ports"));
        ComponentCommands.add(specs, ProcessKind.MIRROR, false, "mirror");
        specs.add(exit(ProcessKind.MIRROR).success("Exit mirror {id}.").build());

        specs.add(command(ProcessKind.PCAP, "status", "status")
                .rest("GET", "")
                .shape(ReplyShape.OBJECT)
                .help("show whether it captures, and into which files")
                .build());
        specs.add(capture("start")
                .success("Start packet capture.")
                .help("begin to capture, into new files")
                .build());
        specs.add(capture("stop")
                .success("Stop packet capture.")
                .help("end capturing and complete the files")
                .build());
        specs.add(exit(ProcessKind.PCAP).success("Exit pcap {id}.").build());
        return specs;
    }

    private static CommandSpec.Builder capture(final String action) {
        return command(ProcessKind.PCAP, action, action).rest("PUT", "/capture").body("action", action);
    }

    private static CommandSpec componentStatus(final ProcessKind kind, final String help) {
        return command(kind, "status", "status")
                .rest("GET", "")
                .shape(ReplyShape.COMPONENTS)
                .help(help)
                .build();
    }

    /** What the primary's forwarder and an nfv have in common: ports, patches, forward and stop. */
    private static void patchPanel(final List<CommandSpec> specs, final ProcessKind kind) {
        final boolean primary = kind == ProcessKind.PRIMARY;
        final String error = primary ? "" : "Error: ";
        final Consumer<CommandSpec.Builder> forwarding = builder ->
                specs.add(primary ? builder.guard(Guard.FORWARDER_EXISTS).build() : builder.build());
        forwarding.accept(command(kind, "add", "add {port}")
                .argument("port", ArgumentType.PLAIN_PORT, Completion.NEW_PORT, "Port is required!")
                .rest("PUT", "/ports")
                .body("action", "add")
                .body("port", "{port}")
                .echo("port", "{port}")
                .success("Add {port}.")
                .help("make a port known, for instance ring:0, vhost:1 or pcap:1"));
        if (primary) {
            specs.add(addPipe());
        }
        forwarding.accept(command(kind, "del", "del {port}")
                .argument("port", ArgumentType.PORT, Completion.REMOVABLE_PORT, "Port is required!")
                .rest("PUT", "/ports")
                .body("action", "del")
                .body("port", "{port}")
                .echo("port", "{port}")
                .guard(Guard.PORT_NOT_PHYSICAL)
                .guard(Guard.PORT_NOT_PATCHED)
                .success("Delete {port}.")
                .help("forget a port that is in no patch"));
        forwarding.accept(command(kind, "patch", "patch {src} {dst}")
                .argument("src", ArgumentType.PORT, Completion.PATCH_SOURCE, error + "Params are required!")
                .argument("dst", ArgumentType.PORT, Completion.PATCH_DESTINATION, error + "Dst port is required!")
                .rest("PUT", "/patches")
                .body("src", "{src}")
                .body("dst", "{dst}")
                .echo("ports.src", "{src}")
                .echo("ports.dst", "{dst}")
                .success("Patch ports ({src} -> {dst}).")
                .help("send what SRC receives out of DST; a source has one destination, the last one named"));
        forwarding.accept(command(kind, "patch del", "patch del {src}")
                .argument("src", ArgumentType.PORT, Completion.PATCH_SOURCE, error + "Params are required!")
                .rest("DELETE", "/patches/{src}")
                .success("Delete patch of {src}.")
                .help("remove the patch of one source; the others go on"));
        forwarding.accept(command(kind, "patch reset", "patch reset")
                .rest("DELETE", "/patches")
                .success("Clear all of patches.")
                .help("remove every patch"));
        forwarding.accept(command(kind, "forward", "forward")
                .rest("PUT", "/forward")
                .body("action", "start")
                .success("Start forwarding.")
                .help("start moving packets"));
        forwarding.accept(command(kind, "stop", "stop")
                .rest("PUT", "/forward")
                .body("action", "stop")
                .success("Stop forwarding.")
                .help("stop moving packets; ports and patches stay"));
    }

    private static CommandSpec launch() {
        return command(ProcessKind.PRIMARY, "launch", "launch {client_id} {proc_name} {eal} -- {app}")
                .argument("client_id", ArgumentType.textOrInteger(1, 127), Completion.NEW_NAME, LAUNCH_SHORT)
                .argument("proc_name", ArgumentType.PROGRAM, Completion.FROM_TYPE, LAUNCH_SHORT)
                .argument("eal", ArgumentType.LAUNCH_EAL, Completion.FROM_TYPE, LAUNCH_SHORT)
                .argument("app", ArgumentType.LAUNCH_APPLICATION, Completion.FROM_TYPE, LAUNCH_SHORT)
                .rest("PUT", "/launch")
                .body("client_id", "{client_id}")
                .body("proc_name", "{proc_name}")
                .body("eal", "{eal}")
                .body("app", "{app}")
                .success("Send request to launch {proc_name}:{client_id}.")
                .shellUsage("launch TYPE [ID] EAL_OPTIONS -- OPTIONS")
                .help("start a secondary (TYPE nfv, vf, mirror or pcap) that is started again when it dies; its output"
                        + " goes to log/spp_TYPE-ID.log")
                .build();
    }

    private static CommandSpec addPipe() {
        return command(ProcessKind.PRIMARY, "add pipe", "add {port} {rx} {tx}")
                .argument("port", ArgumentType.PIPE, Completion.FROM_TYPE, "Port is required!")
                .argument("rx", ArgumentType.RING, Completion.FROM_TYPE, "Rx ring is required!")
                .argument("tx", ArgumentType.RING, Completion.FROM_TYPE, "Tx ring is required!")
                .rest("PUT", "/ports")
                .body("action", "add")
                .body("port", "{port}")
                .body("rx", "{rx}")
                .body("tx", "{tx}")
                .echo("port", "{port}")
                .success("Add {port}.")
                .help("join two rings to a port that a third program attaches to: it receives from RX and sends to TX")
                .build();
    }

    private static CommandSpec status(final ProcessKind kind, final String path) {
        return command(kind, "status", "status")
                .rest("GET", path)
                .shape(ReplyShape.OBJECT)
                .help(STATUS_HELP)
                .build();
    }

    private static CommandSpec.Builder exit(final ProcessKind kind) {
        return command(kind, "exit", "exit").rest("DELETE", "").endsProcess().help("end the process");
    }
}
