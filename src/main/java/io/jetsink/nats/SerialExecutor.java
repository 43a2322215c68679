package io.jetsink.nats;

import io.jetsink.message.LogContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of one task one after the other, on threads that all tasks of the worker share. It has no thread while it
 * has nothing to run. Thread-safe.
 */
public final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final LogContext context = LogContext.current();
    private final Queue<Runnable> steps = new ArrayDeque<>();
    private final List<Future<?>> delayed = new ArrayList<>();
    private boolean busy;
    private boolean closed;

    /** @param name of the thread that runs a step */
    public SerialExecutor(String name) {
        this.name = name;
    }

    /** Runs a step after those before it. Does nothing after {@link #close}. */
    @Override
    public synchronized void execute(Runnable step) {
        if (!closed) {
            steps.add(step);
            begin();
        }
    }

    /** Runs a step after this time. Does nothing after {@link #close}, which also drops steps whose time has not come. */
    public synchronized void schedule(Runnable step, long nanos) {
        if (!closed) {
            delayed.removeIf(Future::isDone);
            delayed.add(SharedThreads.schedule(this, step, nanos));
        }
    }

    /**
     * Runs this step last, after those that are waiting now.
     *
     * @return whether all of them ended within this time; otherwise they end in the background
     */
    public synchronized boolean close(Runnable last, Duration atMost) throws InterruptedException {
        execute(last);
        closed = true;
        delayed.forEach(step -> step.cancel(false));
        delayed.clear();
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); busy && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return !busy;
    }

    private synchronized void begin() {
        if (busy || steps.isEmpty()) {
            return;
        }
        try {
            busy = true;
            SharedThreads.run(name, context.in(this::runAll));
        } catch (RuntimeException | Error e) {
            // The system may have no room for a thread now. The steps wait.
            busy = false;
            LOG.debug("{} has no thread and tries again", name, e);
            SharedThreads.schedule(Runnable::run, this::begin, RETRY_NANOS);
        }
    }

    private void runAll() {
        for (Runnable step = next(); step != null; step = next()) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                LOG.debug("a step of {} has failed", name, e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable step = steps.poll();
        if (step == null) {
            busy = false;
            notifyAll();
        }
        return step;
    }
}
