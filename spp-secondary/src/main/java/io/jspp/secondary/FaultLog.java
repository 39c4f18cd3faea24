package io.jspp.secondary;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What workers could not do, in the log: the first of a kind at once, then at most one line a second with the number left out. */
final class FaultLog implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final String who;
    private String lastKind = "";
    private long lastNs;
    private long leftOut;

    /** One per worker, used by its thread only. */
    FaultLog(String who) {
        this.who = who;
    }

    @Override
    public void onError(Throwable fault) {
        String kind = fault.getClass() + " " + fault.getMessage();
        long nowNs = System.nanoTime();
        if (kind.equals(lastKind) && nowNs - lastNs < INTERVAL_NS) {
            leftOut++;
            return;
        }
        lastKind = kind;
        lastNs = nowNs;
        String more = leftOut == 0 ? "" : " (" + leftOut + " more)";
        leftOut = 0;
        if (fault instanceof InternalError) {
            LOG.warn("{}: memory of a guest vanished, its port goes down{}", who, more);
        } else {
            LOG.error("{}: {}{}", who, fault, more, fault);
        }
    }
}
