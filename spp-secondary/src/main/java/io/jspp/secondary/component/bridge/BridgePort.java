package io.jspp.secondary.component.bridge;

/** What a bridge knows of one of its ports from the first direction added to the last one removed. */
final class BridgePort {
    private static final long SECOND_NS = 1_000_000_000;

    private final int number;

    // control thread only
    private int tag;

    // worker thread only
    private long windowNs;
    private int flooded;
    private int addresses;
    private int addressesTag = PortTag.NONE;

    BridgePort(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    int tag() {
        return tag;
    }

    /** A new life: nothing learned so far counts. */
    void renew(int life) {
        tag = PortTag.of(number, life);
    }

    /** Addresses in the table that were seen here in the life that a tag names. Worker thread. */
    int addresses(int ofTag) {
        return addressesTag == ofTag ? addresses : 0;
    }

    /** More or less of them; those of a former life don't count any more. Worker thread. */
    void addAddress(int ofTag, int more) {
        addresses = addresses(ofTag) + more;
        addressesTag = ofTag;
    }

    /**
     * Whether another frame from here may be flooded this second. Worker thread.
     *
     * @param perSecond at least 1
     */
    boolean mayFlood(long nowNs, int perSecond) {
        if (nowNs - windowNs >= SECOND_NS || windowNs == 0) {
            windowNs = nowNs;
            flooded = 0;
        }
        if (flooded == perSecond) {
            return false;
        }
        flooded++;
        return true;
    }
}
