package io.jetsink.nats;

import io.jetsink.message.LogContext;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one connection: daemons with its name. By default the client has more threads, which are not daemons, and
 * some of which have no name.
 */
final class ConnectionThreads implements AutoCloseable {
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;

    ConnectionThreads(String name) {
        AtomicInteger number = new AtomicInteger();
        LogContext context = LogContext.current();
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(context.in(task), name + "-nats-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 500, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), daemons);
        timer = new ScheduledThreadPoolExecutor(1, daemons);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Listeners run on the calling thread, so that the reason of a failure is known when the failure is. */
    void applyTo(Options.Builder options) {
        options.executor(pool).connectExecutor(pool).scheduledExecutor(timer).callbackExecutor(new CallerRuns());
    }

    /** Ends the threads as soon as they are idle. Returns whether they ended within this time. */
    boolean close(Duration atMost) throws InterruptedException {
        close();
        long end = System.nanoTime() + atMost.toNanos();
        return pool.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS)
                && timer.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdown();
    }

    /** Never shut down: it owns no threads, and events may still arrive after the connection is closed. */
    private static final class CallerRuns extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            // Nothing runs here.
        }

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
