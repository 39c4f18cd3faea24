package io.jspp.control;

/** What the shell looks at before it sends a command, because SPP's shell refuses there with its own words. */
public enum Guard {
    /** {@code No forwarder is running.} when the primary has no worker lcore. */
    FORWARDER_EXISTS,
    /** {@code Cannot delete phy port 'U'.} */
    PORT_NOT_PHYSICAL,
    /** {@code Cannot delete patched port 'U'.} */
    PORT_NOT_PATCHED
}
