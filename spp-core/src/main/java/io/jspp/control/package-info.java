/**
 * The control plane of one process: commands as data ({@link io.jspp.control.CommandSpec}), the text request and JSON
 * reply codec, and the connection to {@code ctl}. Knows neither ports nor workers; a process plugs in handlers:
 *
 * <pre>{@code
 * CommandTable table = new CommandTable(ProcessKind.NFV)
 *         .on("status", request -> Reply.status(json -> json.field("client-id", 1).field("status", "idling")))
 *         .on("add", request -> { ports.add(request.argument("port")); return Reply.ok(); })   // "ring:0", "phy:0nq1"
 *         .on("patch", request -> patch(request.argument("src"), request.argument("dst")))
 *         .on("patch reset", request -> Reply.ok())
 *         .on("exit", request -> Reply.okThen(shutdown::signal));
 * ControlConnection control = new ControlConnection(1, ControlEndpoint.parse("127.0.0.1:6666"), table,
 *         List.of("ring", "vhost"), System.out::println);
 * control.start();
 * }</pre>
 *
 * Handlers throw {@link io.jspp.control.CommandException} (or return {@code Reply.failed}) for what cannot be done.
 */
package io.jspp.control;
