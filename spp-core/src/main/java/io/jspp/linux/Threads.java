package io.jspp.linux;

/** What the JDK's threads lack. Stateless, any thread. */
public final class Threads {
    private Threads() {}

    /** Waits until a thread has ended, however often the caller is interrupted; an interruption is kept for after it. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
