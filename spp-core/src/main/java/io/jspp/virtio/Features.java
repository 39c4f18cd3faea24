package io.jspp.virtio;

/** Feature bits of a virtio-net device (virtio 1.2 §5.1.3, §6) and of vhost-user, as masks. */
public final class Features {
    public static final long CSUM = 1L;
    public static final long GUEST_CSUM = 1L << 1;
    public static final long MTU = 1L << 3;
    public static final long MAC = 1L << 5;
    /** Legacy VIRTIO_NET_F_GSO. */
    public static final long GSO = 1L << 6;

    public static final long GUEST_TSO4 = 1L << 7;
    public static final long GUEST_TSO6 = 1L << 8;
    public static final long GUEST_ECN = 1L << 9;
    public static final long GUEST_UFO = 1L << 10;
    public static final long HOST_TSO4 = 1L << 11;
    public static final long HOST_TSO6 = 1L << 12;
    public static final long HOST_ECN = 1L << 13;
    public static final long HOST_UFO = 1L << 14;
    public static final long MRG_RXBUF = 1L << 15;
    public static final long STATUS = 1L << 16;
    public static final long CTRL_VQ = 1L << 17;
    public static final long CTRL_RX = 1L << 18;
    public static final long GUEST_ANNOUNCE = 1L << 21;
    public static final long MQ = 1L << 22;
    /** VHOST_F_LOG_ALL of linux/vhost.h: dirty logging. */
    public static final long LOG_ALL = 1L << 26;

    public static final long ANY_LAYOUT = 1L << 27;
    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    /** VHOST_USER_F_PROTOCOL_FEATURES: concerns the vhost-user protocol only, never the guest. */
    public static final long PROTOCOL_FEATURES = 1L << 30;

    public static final long VERSION_1 = 1L << 32;
    public static final long IOMMU_PLATFORM = 1L << 33;
    public static final long RING_PACKED = 1L << 34;
    public static final long IN_ORDER = 1L << 35;

    public static final long GUEST_USO4 = 1L << 54;
    public static final long GUEST_USO6 = 1L << 55;
    public static final long HOST_USO = 1L << 56;

    private static final String[] NAMES = new String[64];

    static {
        String low =
                "CSUM GUEST_CSUM CTRL_GUEST_OFFLOADS MTU - MAC GSO GUEST_TSO4 GUEST_TSO6 GUEST_ECN GUEST_UFO HOST_TSO4 HOST_TSO6 "
                        + "HOST_ECN HOST_UFO MRG_RXBUF STATUS CTRL_VQ CTRL_RX CTRL_VLAN CTRL_RX_EXTRA GUEST_ANNOUNCE MQ CTRL_MAC_ADDR - - "
                        + "LOG_ALL ANY_LAYOUT INDIRECT_DESC EVENT_IDX PROTOCOL_FEATURES - VERSION_1 IOMMU_PLATFORM RING_PACKED IN_ORDER";
        String[] names = low.split(" ");
        for (int i = 0; i < 64; i++) {
            NAMES[i] = i < names.length && !names[i].equals("-") ? names[i] : "BIT" + i;
        }
        NAMES[54] = "GUEST_USO4";
        NAMES[55] = "GUEST_USO6";
        NAMES[56] = "HOST_USO";
    }

    private Features() {}

    public static boolean has(long features, long mask) {
        return (features & mask) == mask;
    }

    /** {@code 0x950008000 MRG_RXBUF|INDIRECT_DESC|…} for logs and errors. */
    public static String describe(long features) {
        StringBuilder text = new StringBuilder("0x").append(Long.toHexString(features));
        char separator = ' ';
        for (int i = 0; i < 64; i++) {
            if ((features >>> i & 1) != 0) {
                text.append(separator).append(NAMES[i]);
                separator = '|';
            }
        }
        return text.toString();
    }
}
