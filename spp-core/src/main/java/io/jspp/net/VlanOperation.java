package io.jspp.net;

/**
 * What happens to the outer 802.1Q tag of frames that pass a port (SPP's {@code add_vlantag} and {@code del_vlantag}). Immutable.
 *
 * @param kind what to do
 * @param vid VLAN id to write, 0..4095; 0 unless a tag is added
 * @param pcp priority to write, 0..7; 0 unless a tag is added
 */
public record VlanOperation(Kind kind, int vid, int pcp) {
    /** The three operations. */
    public enum Kind {
        /** Frames pass as they are. */
        NONE,
        /** A tag is inserted; a frame that has one gets the new VID and PCP instead of a second tag. */
        ADD,
        /** The outer tag is removed; an untagged frame passes. */
        DEL
    }

    public static final VlanOperation NONE = new VlanOperation(Kind.NONE, 0, 0);
    public static final VlanOperation DEL = new VlanOperation(Kind.DEL, 0, 0);

    public VlanOperation {
        if (vid < 0 || vid > VlanTag.MAX_VID || pcp < 0 || pcp > VlanTag.MAX_PCP) {
            throw new IllegalArgumentException("VLAN id " + vid + ", priority " + pcp + ": 0.." + VlanTag.MAX_VID
                    + " and 0.." + VlanTag.MAX_PCP + " expected");
        }
    }

    public static VlanOperation add(int vid, int pcp) {
        return new VlanOperation(Kind.ADD, vid, pcp);
    }

    public boolean isNone() {
        return kind == Kind.NONE;
    }
}
