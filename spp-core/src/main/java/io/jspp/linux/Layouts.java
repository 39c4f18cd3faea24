package io.jspp.linux;

/** Byte offsets and sizes of the kernel structures we fill or read, 64-bit Linux. Each class names its header. */
public final class Layouts {
    private Layouts() {}

    /** struct sockaddr_un, linux/un.h. */
    public static final class SockaddrUn {
        public static final int FAMILY = 0;
        public static final int PATH = 2;
        public static final int PATH_LENGTH = 108;
        public static final int SIZE = 110;

        private SockaddrUn() {}
    }

    /** struct sockaddr_ll, linux/if_packet.h. PROTOCOL is big-endian. */
    public static final class SockaddrLl {
        public static final int FAMILY = 0;
        public static final int PROTOCOL = 2;
        public static final int IFINDEX = 4;
        public static final int HATYPE = 8;
        public static final int PKTTYPE = 10;
        public static final int HALEN = 11;
        public static final int ADDR = 12;
        public static final int SIZE = 20;

        private SockaddrLl() {}
    }

    /** struct iovec, linux/uio.h. */
    public static final class Iovec {
        public static final int BASE = 0;
        public static final int LENGTH = 8;
        public static final int SIZE = 16;

        private Iovec() {}
    }

    /** struct msghdr of libc (64 bit), and struct mmsghdr behind it. */
    public static final class Msghdr {
        public static final int NAME = 0;
        public static final int NAME_LENGTH = 8;
        public static final int IOV = 16;
        public static final int IOV_LENGTH = 24;
        public static final int CONTROL = 32;
        public static final int CONTROL_LENGTH = 40;
        public static final int FLAGS = 48;
        public static final int SIZE = 56;
        /** unsigned int msg_len of struct mmsghdr. */
        public static final int MMSG_LENGTH = 56;

        public static final int MMSG_SIZE = 64;

        private Msghdr() {}
    }

    /** struct cmsghdr, linux/socket.h; data follows at 16, each message is padded to 8. */
    public static final class Cmsghdr {
        public static final int LENGTH = 0;
        public static final int LEVEL = 8;
        public static final int TYPE = 12;
        public static final int DATA = 16;

        private Cmsghdr() {}

        /** CMSG_SPACE(bytes). */
        public static int space(int bytes) {
            return DATA + (bytes + 7 & ~7);
        }
    }

    /** struct ucred, linux/socket.h. */
    public static final class Ucred {
        public static final int PID = 0;
        public static final int UID = 4;
        public static final int GID = 8;
        public static final int SIZE = 12;

        private Ucred() {}
    }

    /** struct epoll_event, linux/eventpoll.h: packed to 12 bytes on x86-64 only. */
    public static final class EpollEvent {
        public static final int EVENTS = 0;
        public static final int DATA = Constants.isArm64() ? 8 : 4;
        public static final int SIZE = Constants.isArm64() ? 16 : 12;

        private EpollEvent() {}
    }

    /** struct pollfd, asm-generic/poll.h. */
    public static final class Pollfd {
        public static final int FD = 0;
        public static final int EVENTS = 4;
        public static final int REVENTS = 6;
        public static final int SIZE = 8;

        private Pollfd() {}
    }

    /** struct statx, linux/stat.h. */
    public static final class Statx {
        public static final int BLOCK = 4;
        public static final int NLINK = 16;
        public static final int UID = 20;
        public static final int GID = 24;
        public static final int MODE = 28;
        public static final int INO = 32;
        public static final int FILE_SIZE = 40;
        public static final int DEV_MAJOR = 136;
        public static final int DEV_MINOR = 140;
        public static final int SIZE = 256;

        private Statx() {}
    }

    /** struct ifreq, linux/if.h. */
    public static final class Ifreq {
        public static final int NAME = 0;
        public static final int NAME_LENGTH = 16;
        public static final int UNION = 16;
        public static final int SIZE = 40;

        private Ifreq() {}
    }

    /** struct packet_mreq, linux/if_packet.h. */
    public static final class PacketMreq {
        public static final int IFINDEX = 0;
        public static final int TYPE = 4;
        public static final int ALEN = 6;
        public static final int ADDRESS = 8;
        public static final int SIZE = 16;

        private PacketMreq() {}
    }

    /** struct tpacket_req and tpacket_req3, linux/if_packet.h. */
    public static final class TpacketReq {
        public static final int BLOCK_SIZE = 0;
        public static final int BLOCK_NR = 4;
        public static final int FRAME_SIZE = 8;
        public static final int FRAME_NR = 12;
        public static final int SIZE_V2 = 16;
        public static final int RETIRE_BLK_TOV = 16;
        public static final int SIZEOF_PRIV = 20;
        public static final int FEATURE_REQ_WORD = 24;
        public static final int SIZE_V3 = 28;

        private TpacketReq() {}
    }

    /** struct tpacket2_hdr, linux/if_packet.h. */
    public static final class Tpacket2Hdr {
        public static final int STATUS = 0;
        public static final int LEN = 4;
        public static final int SNAPLEN = 8;
        public static final int MAC = 12;
        public static final int NET = 14;
        public static final int SEC = 16;
        public static final int NSEC = 20;
        public static final int VLAN_TCI = 24;
        public static final int VLAN_TPID = 26;
        public static final int SIZE = 32;

        private Tpacket2Hdr() {}
    }

    /** struct tpacket3_hdr, linux/if_packet.h. */
    public static final class Tpacket3Hdr {
        public static final int NEXT_OFFSET = 0;
        public static final int SEC = 4;
        public static final int NSEC = 8;
        public static final int SNAPLEN = 12;
        public static final int LEN = 16;
        public static final int STATUS = 20;
        public static final int MAC = 24;
        public static final int NET = 26;
        public static final int RXHASH = 28;
        public static final int VLAN_TCI = 32;
        public static final int VLAN_TPID = 36;
        public static final int SIZE = 48;

        private Tpacket3Hdr() {}
    }

    /** struct tpacket_block_desc with tpacket_hdr_v1, linux/if_packet.h. */
    public static final class TpacketBlock {
        public static final int VERSION = 0;
        public static final int OFFSET_TO_PRIV = 4;
        public static final int BLOCK_STATUS = 8;
        public static final int NUM_PKTS = 12;
        public static final int OFFSET_TO_FIRST_PKT = 16;
        public static final int BLK_LEN = 20;
        public static final int SEQ_NUM = 24;
        public static final int SIZE = 48;

        private TpacketBlock() {}
    }

    /** struct tpacket_auxdata, linux/if_packet.h. */
    public static final class TpacketAuxdata {
        public static final int STATUS = 0;
        public static final int LEN = 4;
        public static final int SNAPLEN = 8;
        public static final int MAC = 12;
        public static final int NET = 14;
        public static final int VLAN_TCI = 16;
        public static final int VLAN_TPID = 18;
        public static final int SIZE = 20;

        private TpacketAuxdata() {}
    }

    /** struct itimerspec, linux/time.h: interval, then first expiry, each seconds and nanoseconds. */
    public static final class Itimerspec {
        public static final int INTERVAL = 0;
        public static final int VALUE = 16;
        public static final int SIZE = 32;

        private Itimerspec() {}
    }

    /** struct sock_fprog and sock_filter, linux/filter.h. */
    public static final class SockFprog {
        public static final int LENGTH = 0;
        public static final int FILTER = 8;
        public static final int SIZE = 16;
        public static final int INSTRUCTION_SIZE = 8;

        private SockFprog() {}
    }
}
