package io.jspp.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Number 62 of the catalogue of bad inputs: the owner of an eventfd makes it blocking and full. */
@Timeout(60)
class EventSignalTest {
    private static final long MOST_BY_WRITE = -2;

    private static void blocking(FileDescriptor eventfd, boolean on) {
        int flags = Linux.fcntl(eventfd.value(), Constants.F_GETFL, 0) & ~Constants.O_NONBLOCK;
        Linux.fcntl(eventfd.value(), Constants.F_SETFL, on ? flags : flags | Constants.O_NONBLOCK);
    }

    private static void fill(FileDescriptor eventfd) {
        Pointer value = Native.allocate(8);
        value.putLong(0, MOST_BY_WRITE);
        assertEquals(8, Linux.write(eventfd.value(), value.address(), 8));
    }

    private static long count(FileDescriptor eventfd) {
        Pointer value = Native.allocate(8);
        return Linux.read(eventfd.value(), value.address(), 8) == 8 ? value.getLong(0) : 0;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountEachTimeAndGoToTheNextTarget(boolean asynchronous) {
        EventSignal signal = new EventSignal(asynchronous);
        signal.raise();
        try (FileDescriptor one = Linux.eventfd();
                FileDescriptor two = Linux.eventfd()) {
            signal.target(one.value());
            for (int i = 0; i < 1000; i++) {
                signal.raise();
            }
            signal.target(two.value());
            signal.raise();
            signal.target(-1);
            signal.raise();
            assertEquals(1000, count(one));
            assertEquals(1, count(two));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotBlockWhenTheOwnerMadeItFullAndBlocking(boolean asynchronous) {
        EventSignal signal = new EventSignal(asynchronous);
        try (FileDescriptor eventfd = Linux.eventfd()) {
            signal.target(eventfd.value());
            fill(eventfd);
            blocking(eventfd, true);
            for (int i = 0; i < 10; i++) {
                signal.raise();
            }
            assertTrue((Linux.pollOne(eventfd.value(), Constants.POLLIN, 0) & Constants.POLLIN) != 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldIgnoreATargetThatIsClosed(boolean asynchronous) {
        EventSignal signal = new EventSignal(asynchronous);
        try (FileDescriptor eventfd = Linux.eventfd()) {
            signal.target(eventfd.value());
        }
        signal.raise();
    }

    @Test
    void shouldWriteToNothingButEventfds() {
        assertTrue(EventSignal.surelyNonBlocking(), "this kernel has no asynchronous I/O");
        EventSignal signal = new EventSignal();
        try (FileDescriptor file = Linux.memfdCreate("target", 0)) {
            signal.target(file.value());
            signal.raise();
            assertEquals(0, Linux.fstat(file.value()).size());
        }
    }

    /** The owner empties and fills the counter all the time: whoever looked first and wrote then would block sooner or later. */
    @Test
    void shouldNotBlockWhenTheOwnerFillsItAtAnyMoment() throws Exception {
        assertTrue(EventSignal.surelyNonBlocking(), "this kernel has no asynchronous I/O");
        try (FileDescriptor eventfd = Linux.eventfd()) {
            EventSignal signal = new EventSignal();
            signal.target(eventfd.value());
            CompletableFuture<Void> raised = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 200_000; i++) {
                    signal.raise();
                }
            });
            try (FileDescriptor own = eventfd.duplicate()) {
                Pointer value = Native.allocate(8);
                value.putLong(0, MOST_BY_WRITE);
                while (!raised.isDone()) {
                    blocking(own, false);
                    Linux.eventfdRead(own.value());
                    Linux.write(own.value(), value.address(), 8);
                    blocking(own, true);
                }
            }
            raised.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldCountEverySignalOfSeveralThreads() throws Exception {
        int threads = 4;
        int times = 20_000;
        List<CompletableFuture<Void>> all = new ArrayList<>();
        try (FileDescriptor eventfd = Linux.eventfd()) {
            for (int t = 0; t < threads; t++) {
                EventSignal signal = new EventSignal();
                signal.target(eventfd.value());
                all.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < times; i++) {
                        signal.raise();
                    }
                }));
            }
            for (CompletableFuture<Void> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
            assertEquals(threads * times, count(eventfd));
        }
    }
}
