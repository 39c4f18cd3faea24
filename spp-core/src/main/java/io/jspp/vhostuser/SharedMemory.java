package io.jspp.vhostuser;

/**
 * The memory that a front-end shares at the moment, and how it came: requests of this connection that were done. Immutable.
 *
 * @param regions mapped now
 * @param bytes mapped now
 * @param tables SET_MEM_TABLE, all regions at once
 * @param added ADD_MEM_REG; one may come several times for the same region
 * @param removed REM_MEM_REG, likewise
 */
public record SharedMemory(int regions, long bytes, int tables, int added, int removed) {
    /** Of nobody. */
    public static final SharedMemory NONE = new SharedMemory(0, 0, 0, 0, 0);
}
