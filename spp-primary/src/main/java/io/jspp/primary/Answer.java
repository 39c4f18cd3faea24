package io.jspp.primary;

import io.jspp.attach.AttachException;
import io.jspp.attach.AttachMessage;
import io.jspp.linux.FileDescriptor;
import java.util.List;

/**
 * What goes back to a secondary.
 *
 * @param descriptors to be sent along
 * @param ours true when they stay the primary's, false when they are closed once sent
 */
record Answer(AttachMessage message, List<FileDescriptor> descriptors, boolean ours) {
    static Answer ok() {
        return new Answer(AttachMessage.of("ok"), List.of(), true);
    }

    static Answer error(AttachException e) {
        return new Answer(AttachMessage.of("error", e.code(), e.getMessage()), List.of(), true);
    }
}
