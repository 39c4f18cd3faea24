package io.jspp.vhostuser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.linux.FileDescriptor;
import io.jspp.state.Reason;
import io.jspp.virtio.Virtqueue;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The one thread that serves all front-ends outlives whatever goes wrong on it. */
@Timeout(60)
class SessionLoopTest {
    @TempDir
    Path directory;

    /** Wants nothing; may be told to fail whenever it is asked. */
    private static final class Bystander implements VringUser {
        volatile boolean fails;

        @Override
        public void publish(int vring, Virtqueue queue, int kick) {
            fail();
        }

        @Override
        public void unpublish(int vring) {
            fail();
        }

        @Override
        public void synchronize() {
            fail();
        }

        @Override
        public void stage(Stage now, Reason reason) {
            fail();
        }

        private void fail() {
            if (fails) {
                throw new StackOverflowError("as told");
            }
        }
    }

    @Test
    void shouldServeOnWhateverIsThrown() throws Exception {
        int openBefore = FileDescriptor.live();
        Bystander user = new Bystander();
        String path = directory.resolve("sock").toString();
        try (SessionLoop loop = new SessionLoop()) {
            Endpoint endpoint = new Endpoint("vhost:0", path, false, 1, user);
            loop.open(endpoint);
            for (Throwable failure : new Throwable[] {
                new OutOfMemoryError("test"),
                new NoClassDefFoundError("test"),
                new InternalError("test"),
                new IllegalStateException("test")
            }) {
                CountDownLatch next = new CountDownLatch(1);
                loop.later(() -> {
                    SessionLoopTest.<RuntimeException>raise(failure);
                });
                loop.later(next::countDown);
                next.await(10, TimeUnit.SECONDS);
                assertEquals(0, next.getCount(), "what came after " + failure + " was not done");
            }
            user.fails = true;
            Endpoint second = new Endpoint("vhost:1", path + "1", false, 1, user);
            assertThrows(Throwable.class, () -> loop.open(second));
            try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                f.raw(new byte[] {1});
            }
            user.fails = false;
            loop.close(second);
            try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
            }
            loop.close(endpoint);
        }
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }
}
