package io.jspp.worker;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import java.util.List;

/**
 * What one worker runs: an immutable list of components, and the epoll set the worker blocks on while it runs them. Built by
 * the control thread, adopted by the worker between two cycles, closed by the control thread once a later plan was adopted.
 */
final class WorkPlan implements AutoCloseable {
    final long epoch;
    final Component[] components;

    /** At least one source can't wake anybody. */
    final boolean pollByTimer;

    private final FileDescriptor epoll;

    /** @param workerWakeFd the worker's own eventfd, always part of the set */
    WorkPlan(long epoch, List<Component> components, int workerWakeFd) {
        this.epoch = epoch;
        this.components = components.toArray(new Component[0]);
        epoll = Linux.epollCreate();
        boolean timer = false;
        try {
            Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, workerWakeFd, Constants.EPOLLIN, 0);
            for (Component component : components) {
                for (int fd : component.wakeFds()) {
                    if (fd == Component.POLL_BY_TIMER) {
                        timer = true;
                    } else {
                        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, fd, Constants.EPOLLIN, 1);
                    }
                }
            }
        } catch (RuntimeException e) {
            epoll.close();
            throw e;
        }
        pollByTimer = timer;
    }

    int epollFd() {
        return epoll.value();
    }

    @Override
    public void close() {
        epoll.close();
    }
}
