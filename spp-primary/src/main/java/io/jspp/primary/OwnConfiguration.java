package io.jspp.primary;

import io.jspp.runtime.ConfigurationStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the next primary that adopts the segment takes up: lines of the forwarder, and of what belongs to the primary itself, in the configuration
 * of client id 0. Control thread, except for a part's {@code commit}.
 */
final class OwnConfiguration implements AutoCloseable {
    private final Registry registry;
    private final ConfigurationStore store;
    private final String resumed;
    private final List<Part> parts = new ArrayList<>();
    private boolean forget;

    /** Lines of one owner. */
    final class Part {
        private final Supplier<String> lines;
        private String last;

        private Part(Supplier<String> lines) {
            this.lines = lines;
            last = lines.get();
        }

        /** Commits with what this part is now, and the others as they were committed last. The thread that may ask for the lines of this part. */
        void commit() {
            synchronized (OwnConfiguration.this) {
                last = lines.get();
                write();
            }
        }
    }

    /** Makes this process a client of the registry, which works with a segment already. */
    OwnConfiguration(Registry registry, java.nio.file.Path runDirectory) {
        this.registry = registry;
        boolean resumes = registry.attachSelf();
        store = new ConfigurationStore(
                registry.segment().clients().configuration(Registry.SELF),
                runDirectory.resolve("client-" + Registry.SELF + ".conf"));
        String stored = resumes ? store.read() : null;
        resumed = stored == null ? "" : stored;
    }

    /** What an earlier primary left, may be empty. */
    String resumed() {
        return resumed;
    }

    /** Adds lines, each with its end, to what is committed; parts come in the order in which they were added. */
    synchronized Part part(Supplier<String> lines) {
        Part part = new Part(lines);
        parts.add(part);
        return part;
    }

    /** Commits all parts. */
    synchronized void commit() {
        parts.forEach(part -> part.last = part.lines.get());
        write();
    }

    private void write() {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.last));
        store.commit(text.toString());
    }

    ConfigurationStore store() {
        return store;
    }

    /** The next primary begins with nothing: this one was told to {@code exit}. */
    void forget() {
        forget = true;
    }

    /** Keeps the text for the next primary, unless told to forget it; ends all claims of this process. */
    @Override
    public void close() {
        if (forget) {
            store.clear();
        }
        store.close();
        registry.detachSelf(forget);
    }
}
