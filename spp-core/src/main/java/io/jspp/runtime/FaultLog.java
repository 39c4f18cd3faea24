package io.jspp.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What workers could not do, in the log: the first of a kind at once, then at most one line a second with the number left out. A kind is a class and
 * the place that threw, whatever the message says: that may come from a guest.
 */
final class FaultLog implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** Kinds that are remembered; a program has fewer places that throw in a worker. */
    private static final int MAX_KINDS = 64;

    private static final class Kind {
        private long lastNs;
        private long leftOut;
    }

    private final String who;
    private final NanoClock clock;
    private final Map<String, Kind> kinds = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kind> eldest) {
            return size() > MAX_KINDS;
        }
    };

    /**
     * One per worker, used by its thread only.
     *
     * @param clock {@code System::nanoTime} except in tests
     */
    FaultLog(String who, NanoClock clock) {
        this.who = who;
        this.clock = clock;
    }

    @Override
    public void onError(Throwable fault) {
        long nowNs = clock.nanoTime();
        String name = kindOf(fault);
        Kind kind = kinds.get(name);
        if (kind == null) {
            kind = new Kind();
            kinds.put(name, kind);
        } else if (nowNs - kind.lastNs < INTERVAL_NS) {
            kind.leftOut++;
            return;
        }
        String more = kind.leftOut == 0 ? "" : " (" + kind.leftOut + " more)";
        kind.lastNs = nowNs;
        kind.leftOut = 0;
        if (fault instanceof InternalError) {
            LOG.warn("{}: memory of a guest vanished, its port goes down{}", who, more);
        } else {
            LOG.error("{}: {}{}", who, fault, more, fault);
        }
    }

    private static String kindOf(Throwable fault) {
        if (fault instanceof InternalError) {
            return "InternalError"; // which JDK 17 reports from any place
        }
        StackTraceElement[] trace = fault.getStackTrace();
        return fault.getClass().getName() + (trace.length == 0 ? "" : " " + trace[0]);
    }
}
