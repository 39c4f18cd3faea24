package io.jspp.linux;

import java.util.List;

/**
 * Result of {@link Sockets#receive}. The receiver owns {@code descriptors} and closes what it does not want.
 *
 * @param length bytes received; 0 is end of file (or an empty packet); {@code -EAGAIN} when nothing was there
 * @param descriptors every descriptor that came, close-on-exec
 * @param truncated MSG_TRUNC: the packet was longer than the buffer
 * @param controlTruncated MSG_CTRUNC: the kernel dropped descriptors, so the message must be refused
 */
public record ReceivedMessage(
        int length, List<FileDescriptor> descriptors, boolean truncated, boolean controlTruncated) {
    /** Whether a non-blocking receive found nothing. */
    public boolean wouldBlock() {
        return length < 0;
    }

    /** Closes all descriptors. */
    public void closeDescriptors() {
        FileDescriptor.closeAll(descriptors);
    }
}
