package io.jspp.it;

import io.jspp.controller.qemu.GuestImage;
import io.jspp.testing.ProjectHome;
import java.util.List;

/** The image of the tests' guests: with iperf3 and ethtool. */
public final class TestGuests {
    private TestGuests() {}

    /** Builds the image unless it is there. */
    public static GuestImage image() {
        return GuestImage.prepare(ProjectHome.directory(), List.of("/usr/bin/iperf3", "/usr/sbin/ethtool"));
    }
}
