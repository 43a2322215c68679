package io.jetsink.nats;

import io.jetsink.message.LogContext;
import io.nats.client.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The share of one connection in the threads of the worker. A thread has the name of the connection while it works for it. By
 * default the client has more threads, which are not daemons, and some of which have no name.
 */
final class ConnectionThreads implements AutoCloseable {
    private final Share share;

    ConnectionThreads(String name) {
        share = new Share(name);
    }

    /** Listeners run on the calling thread, so that the reason of a failure is known when the failure is. */
    void applyTo(Options.Builder options) {
        options.executor(share).connectExecutor(share).scheduledExecutor(share).callbackExecutor(new CallerRuns());
    }

    /** Accepts no further work. Returns whether the threads have left the connection within this time. */
    boolean close(Duration atMost) throws InterruptedException {
        close();
        return share.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        share.shutdown();
    }

    /** Counts what runs for the connection. */
    private static final class Share extends AbstractExecutorService implements ScheduledExecutorService {
        private final String name;
        private final LogContext context = LogContext.current();
        private final List<Future<?>> timers = new ArrayList<>();
        private int number;
        private int running;
        private boolean closed;

        Share(String name) {
            this.name = name;
        }

        @Override
        public synchronized void execute(Runnable task) {
            requireOpen();
            SharedThreads.run(name + "-nats-" + ++number, context.in(() -> {
                try {
                    task.run();
                } finally {
                    ended();
                }
            }));
            running++;
        }

        private void requireOpen() {
            if (closed) {
                throw new RejectedExecutionException(name);
            }
        }

        private synchronized void ended() {
            running--;
            notifyAll();
        }

        @Override
        public synchronized void shutdown() {
            closed = true;
            timers.forEach(timer -> timer.cancel(false));
            timers.clear();
        }

        @Override
        public synchronized boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            long end = System.nanoTime() + unit.toNanos(timeout);
            for (long left = unit.toNanos(timeout); running > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return running == 0;
        }

        @Override
        public synchronized ScheduledFuture<?> scheduleAtFixedRate(
                Runnable task, long delay, long period, TimeUnit unit) {
            requireOpen();
            ScheduledFuture<?> timer = SharedThreads.repeat(this, task, unit.toNanos(delay), unit.toNanos(period));
            timers.add(timer);
            return timer;
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            throw unused();
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
            throw unused();
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
            throw unused();
        }

        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("the client only has periodic timers");
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown();
            return List.of();
        }

        @Override
        public synchronized boolean isShutdown() {
            return closed;
        }

        @Override
        public synchronized boolean isTerminated() {
            return closed && running == 0;
        }
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
