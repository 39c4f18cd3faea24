package io.jspp.control;

/** The kinds of process a controller knows, with the names they bear on the wire, in the shell and in REST paths. */
public enum ProcessKind {
    PRIMARY("primary", "pri", "/v1/primary", false),
    NFV("nfv", "nfv", "/v1/nfvs", false),
    VF("vf", "vf", "/v1/vfs", true),
    MIRROR("mirror", "mirror", "/v1/mirrors", true),
    PCAP("pcap", "pcap", "/v1/pcaps", true);

    private final String wireName;
    private final String shellName;
    private final String restPath;
    private final boolean listsResults;

    ProcessKind(final String wireName, final String shellName, final String restPath, final boolean listsResults) {
        this.wireName = wireName;
        this.shellName = shellName;
        this.restPath = restPath;
        this.listsResults = listsResults;
    }

    /** {@code process_type} of the registration reply and {@code type} of {@code GET /v1/processes}. */
    public String wireName() {
        return wireName;
    }

    /** First word of a shell line that addresses such a process. */
    public String shellName() {
        return shellName;
    }

    /** Root of the REST routes, without the client id. */
    public String restPath() {
        return restPath;
    }

    /** True when replies carry {@code "results":[{"result":…}]} and a status travels in {@code "info"} (SPP's vf, mirror, pcap). */
    public boolean listsResults() {
        return listsResults;
    }

    /** True for processes that have a client id (1..127); the primary has none. */
    public boolean isSecondary() {
        return this != PRIMARY;
    }

    /** The kind with this {@code process_type}, or null. */
    public static ProcessKind ofWireName(final String name) {
        for (final ProcessKind kind : values()) {
            if (kind.wireName.equals(name)) {
                return kind;
            }
        }
        return null;
    }
}
