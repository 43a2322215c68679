package io.jetsink.nats;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that all tasks of a worker share (ADR 0040): a pool that has a thread for each step that runs now, so that no
 * task waits for the network of another one, and one timer, which only hands steps to the pool. They are daemons, and end when
 * they have had nothing to do for a moment, so nothing has to be closed when the last task stops.
 */
final class SharedThreads {
    private static final Logger LOG = LoggerFactory.getLogger(SharedThreads.class);
    private static final long KEEP_ALIVE_MILLIS = 500;

    private static final ThreadPoolExecutor POOL = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), daemons("pool"));
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private SharedThreads() {}

    /** Runs a step at once, on a thread with this name. */
    static void run(String name, Runnable step) {
        POOL.execute(() -> {
            Thread thread = Thread.currentThread();
            String before = thread.getName();
            thread.setName(name);
            try {
                step.run();
            } finally {
                thread.setName(before);
            }
        });
    }

    /** Hands a step to an executor after this time. */
    static ScheduledFuture<?> schedule(Executor executor, Runnable step, long nanos) {
        return TIMER.schedule(() -> hand(executor, step), nanos, TimeUnit.NANOSECONDS);
    }

    /** Hands a step to an executor again and again. */
    static ScheduledFuture<?> repeat(Executor executor, Runnable step, long delayNanos, long periodNanos) {
        return TIMER.scheduleAtFixedRate(() -> hand(executor, step), delayNanos, periodNanos, TimeUnit.NANOSECONDS);
    }

    /** Nothing that happens to one step ends the repetition, or concerns another task. */
    private static void hand(Executor executor, Runnable step) {
        try {
            executor.execute(step);
        } catch (RuntimeException | Error e) {
            LOG.debug("a step is left out: no thread runs it", e);
        }
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "jetsink-" + name + '-' + number.incrementAndGet());
            thread.setDaemon(true);
            // Any thread may begin it, also one of another plugin.
            thread.setContextClassLoader(SharedThreads.class.getClassLoader());
            return thread;
        };
    }
}
