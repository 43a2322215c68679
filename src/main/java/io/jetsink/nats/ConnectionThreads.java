package io.jetsink.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one connection: daemons that bear its name. The client's own defaults are not daemons, have no name in
 * part, and are too many.
 */
final class ConnectionThreads implements AutoCloseable {
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService callbacks = new CallerRuns();

    ConnectionThreads(String name) {
        var number = new AtomicInteger();
        ThreadFactory daemons = task -> {
            var thread = new Thread(task, name + "-nats-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 500, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), daemons);
        timer = new ScheduledThreadPoolExecutor(1, daemons);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** For the reader, the writer, dispatchers, connecting and closing. */
    ExecutorService pool() {
        return pool;
    }

    /** For pings and for requests without an answer. */
    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** Runs listeners where they are called: the reason of a failure is there when the failure is. */
    ExecutorService callbacks() {
        return callbacks;
    }

    /** Ends the threads once nothing runs on them, and waits for it, but not for long. */
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

    /** Never shut down: it has nothing to end, and the last events come late. */
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
