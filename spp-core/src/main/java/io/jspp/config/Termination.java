package io.jspp.config;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of a process: SIGTERM, SIGINT or an {@code exit} command asks for it once, the main thread waits for that and cleans up; a second
 * signal stops the process at once, without cleaning.
 */
public final class Termination {
    private static final int INTERRUPT = 2;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean interruptsLeft;
    private volatile boolean stopping;
    private volatile Runnable atSecond = () -> {};

    /** Handles SIGTERM and SIGINT of this process from now on. */
    public static Termination install() {
        Termination termination = new Termination();
        termination.handle("TERM", 15);
        termination.handle("INT", INTERRUPT);
        return termination;
    }

    /** For a process whose signals belong to somebody else, as in tests. */
    public Termination() {}

    /** The JDK's signal class is no API, so it is reached by name; without it the JVM's own handling stays. */
    private void handle(String name, int number) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal = (proxy, method, arguments) -> answer(proxy, method, arguments, number);
            Object handler =
                    Proxy.newProxyInstance(Termination.class.getClassLoader(), new Class<?>[] {handlerClass}, onSignal);
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
        } catch (ReflectiveOperationException e) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    "this JVM lets nobody handle SIG" + name + ": start it through ./spp, without -Xrs",
                    e);
        }
    }

    private Object answer(Object proxy, Method method, Object[] arguments, int number) {
        return switch (method.getName()) {
            case "handle" -> {
                if (number == INTERRUPT && interruptsLeft) {
                    yield null;
                }
                if (!signalled.compareAndSet(false, true)) {
                    stopping = true;
                    try {
                        atSecond.run();
                    } finally {
                        Runtime.getRuntime().halt(128 + number);
                    }
                }
                ask();
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "termination handler";
        };
    }

    /** While {@code left}, Ctrl-C is for a child that has the terminal and means nothing here. */
    public void leaveInterrupts(boolean left) {
        interruptsLeft = left;
    }

    /** What a second signal does before it stops the process: short, and without waiting for anything. */
    public void atSecond(Runnable action) {
        atSecond = action;
    }

    /** Returns at once, but never when a second signal stops the process: the exit status is that signal's. Any thread, before it ends the process. */
    public void leaveToSecond() {
        while (stopping) {
            LockSupport.park();
        }
    }

    /** Asks the process to end; any thread, any number of times. */
    public void ask() {
        asked.countDown();
    }

    public boolean asked() {
        return asked.getCount() == 0;
    }

    /** Waits until the end is asked for. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /**
     * Waits until the end is asked for, but not longer.
     *
     * @return true when it was asked for
     */
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return asked.await(timeout, unit);
    }
}
