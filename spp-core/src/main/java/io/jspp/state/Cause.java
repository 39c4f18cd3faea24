package io.jspp.state;

/**
 * Everything that keeps a port from being simply up, or a command from being done: a code for programs, a sentence and a next step for the
 * operator. In both texts {@code {0}} and {@code {1}} stand for particulars. {@code docs/ports.md} lists them; a test compares.
 */
public enum Cause {
    /** Nothing to say. */
    NONE("", "", ""),
    OPENING("opening", "the port is being opened", ""),
    CLOSED("closed", "the port is closed", ""),
    UNUSED("unused", "no patch uses it", "patch it to another port"),

    // The socket of a vhost port. {0}: its path, or what was tried; {1}: its directory or its path.
    NO_GUEST(
            "no_guest",
            "no guest on {0}",
            "start the guest with this socket, as ./spp vm-args prints it, or add --vhost-client"),
    NOBODY_LISTENS("nobody_listens", "nobody listens on {0}", "start the guest with this socket, server=on"),
    SOCKET_PERMISSION(
            "socket_permission",
            "no permission for the socket: {0}",
            "ls -ld {1}: make it usable for this user, or choose another --sock-dir"),
    SOCKET_DIRECTORY(
            "socket_directory", "the directory of {0} does not exist", "mkdir -p {1}, or choose another --sock-dir"),
    SOCKET_PATH_TAKEN("socket_path_taken", "{0} exists and is no socket", "remove it, or choose another --sock-dir"),
    SOCKET_IN_USE(
            "socket_in_use",
            "another process listens on {0}",
            "ss -xlp src {0} shows which: end it, or choose another --sock-dir"),
    SOCKET_FAILED("socket_failed", "{0}", "it is tried again every second"),

    // The front-end on that socket. {0}: what exactly.
    PEER_SILENT(
            "peer_silent",
            "something has connected and says nothing",
            "ss -xp shows who that is; the next connection takes its place"),
    DRIVER_NOT_STARTED(
            "driver_not_started",
            "the guest's driver has not started its queues",
            "in the guest: ip link set DEV up, with a virtio-net driver"),
    MEMORY_NOT_SHARED(
            "memory_not_shared",
            "the guest's memory is not shared: {0}",
            "QEMU: -object memory-backend-memfd,id=mem0,size=SIZE,share=on -machine memory-backend=mem0, as ./spp vm-args prints it"),
    MEMORY_UNUSABLE(
            "memory_unusable",
            "the guest's memory can't be used: {0}",
            "start the guest with the arguments that ./spp vm-args prints"),
    MEMORY_VANISHED(
            "memory_vanished",
            "guest memory vanished: {0}",
            "start the guest again, and let nobody shorten its memory file"),
    NOT_VHOST_USER(
            "not_vhost_user",
            "the peer speaks no vhost-user: {0}",
            "let only a guest's vhost-user network card use this socket"),
    PROTOCOL_BROKEN(
            "protocol_broken",
            "the front-end broke the vhost-user protocol: {0}",
            "start the guest again, or update its VMM"),
    FEATURE_REFUSED(
            "feature_refused",
            "the front-end chose a feature that is not offered: {0}",
            "start the guest again: a running one can't unlearn a feature"),
    REQUEST_REFUSED(
            "request_refused",
            "a request of the front-end was refused: {0}",
            "start the guest with the arguments that ./spp vm-args prints"),
    DESCRIPTORS_HANG(
            "descriptors_hang",
            "descriptors that front-ends have passed can't be closed: {0}",
            "/proc/PID/fd shows them: end what is at their other end; it is tried again every second"),
    QUEUE_BROKEN(
            "queue_broken",
            "the guest broke a virtqueue, {0}",
            "restart its driver: in the guest, unbind and bind the device, or reboot"),

    // Kernel interfaces. {0}: the interface.
    INTERFACE_DOWN("interface_down", "interface {0} is down", "ip link set {0} up"),
    NO_CARRIER("no_carrier", "interface {0} has no carrier", "connect or start its peer"),
    INTERFACE_GONE("interface_gone", "interface {0} is gone", "create it again, it is taken up by itself"),
    INTERFACE_REPLACED(
            "interface_replaced",
            "interface {0} was made again, this queue can't follow",
            "take the port out of its patches, then patch it again"),
    INTERFACE_RENAMED("interface_renamed", "interface {0} was renamed to {1}", ""),
    INTERFACE_ELSEWHERE("interface_elsewhere", "interface {0} is in another network namespace", ""),
    SERVED_ELSEWHERE(
            "served_elsewhere",
            "the process that has patched it serves the socket {0}",
            "status of that process tells more"),
    INTERFACE_FAILED("interface_failed", "interface {0}: {1}", "ip link show {0}"),

    // Rings and files.
    NO_READER("no_reader", "nobody reads it", "patch {0} as a source somewhere"),
    NO_WRITER("no_writer", "nobody writes it", "patch something to {0}"),
    FILE_DAMAGED("file_damaged", "{0}", "repair or replace the file, then add the port again"),
    FILE_NOT_WRITTEN("file_not_written", "writing {0} ended: {1}", "free some space, then del and add the port"),

    // Why a port can't be used at all; these come with errors, whose message has the particulars.
    NO_DEVICE(
            "no_device",
            "no such port, queue or device: {0}",
            "status lists what there is; --vdev of the primary makes devices"),
    CLAIMED_ELSEWHERE(
            "claimed_elsewhere",
            "{0}",
            "take it out of the other process's patches first: status of the primary shows the holder"),
    NO_PRIMARY("no_primary", "{0}", "start ./spp primary with the same --file-prefix"),
    REFUSED("refused", "{0}", "");

    private final String code;
    private final String sentence;
    private final String next;

    Cause(String code, String sentence, String next) {
        this.code = code;
        this.sentence = sentence;
        this.next = next;
    }

    /** Word for programs: stable, never shown alone to people. */
    public String code() {
        return code;
    }

    /** The sentence with its placeholders, for documentation. */
    public String sentence() {
        return sentence;
    }

    /** The next step with its placeholders. */
    public String next() {
        return next;
    }

    /** This cause with its particulars. */
    public Reason of(Object... particulars) {
        return this == NONE ? Reason.NONE : new Reason(this, fill(sentence, particulars), fill(next, particulars));
    }

    /** One pass, so that braces within particulars mean nothing. */
    private static String fill(String template, Object[] particulars) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            boolean place = c == '{' && at + 2 < template.length() && template.charAt(at + 2) == '}';
            int index = place ? template.charAt(at + 1) - '0' : -1;
            if (index >= 0 && index < particulars.length) {
                text.append(particulars[index]);
                at += 3;
            } else {
                text.append(c);
                at++;
            }
        }
        return text.toString();
    }
}
