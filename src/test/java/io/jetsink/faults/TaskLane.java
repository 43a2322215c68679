package io.jetsink.faults;

import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import io.jetsink.task.FakeWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/**
 * One task in this JVM under a steady load, with a thread that is its worker: it feeds the task, minds its pauses, and
 * commits once a second.
 *
 * <p>Threads: {@link #run} is the worker's; all other methods any thread's. What has to be done to the task is ordered with
 * {@link #order}.
 */
final class TaskLane implements Runnable {
    private static final long COMMIT = Duration.ofSeconds(1).toNanos();
    private static final Duration DRAINED = Duration.ofSeconds(180);
    /** Nothing says when best-effort's last records have arrived. */
    private static final Duration ARRIVED = Duration.ofSeconds(3);

    private final Guarantee guarantee;
    private final String name;
    private final Map<String, String> config;
    private final Supplier<? extends SinkTask> tasks;
    private volatile LaneLoad load;

    private final Queue<FutureTask<?>> orders = new ConcurrentLinkedQueue<>();
    private final List<Commit> commits = new CopyOnWriteArrayList<>();
    private final Set<Long> excused = ConcurrentHashMap.newKeySet();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private volatile boolean ending;
    private volatile boolean abandoned;
    private volatile boolean over;
    private volatile boolean withholding;
    private volatile long produced;
    /** Written by the worker's thread only. */
    private volatile long committed;

    private volatile String failure = "";
    private volatile @Nullable LongFunction<SinkRecord> records;

    // The worker's thread only.
    private FakeWorker worker;

    TaskLane(
            Guarantee guarantee,
            String name,
            Map<String, String> config,
            Supplier<? extends SinkTask> tasks,
            LaneLoad load) {
        this.guarantee = guarantee;
        this.name = name;
        this.config = config;
        this.tasks = tasks;
        this.load = load;
        this.records = load.records(name);
        this.worker = begin(0);
    }

    Guarantee guarantee() {
        return guarantee;
    }

    /** Of the connector, the topic and the stream. */
    String name() {
        return name;
    }

    /** How many records there were so far. */
    long produced() {
        return produced;
    }

    /** The offset that was committed last. */
    long committed() {
        return committed;
    }

    boolean isOver() {
        return over;
    }

    /** Why the task failed, or empty. */
    String failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            long commitAt = System.nanoTime() + COMMIT;
            while (!ending) {
                step();
                if (System.nanoTime() - commitAt >= 0 && !withholding) {
                    commit();
                    commitAt = System.nanoTime() + COMMIT;
                }
                LockSupport.parkNanos(load.pace().toNanos());
            }
            while (worker.consumed() < produced && !abandoned) {
                step();
            }
            worker.until(
                    "everything to be committable",
                    DRAINED,
                    () -> abandoned || worker.committable() == worker.consumed());
            commit();
            if (!guarantee.losesNothing()) {
                long end = System.nanoTime();
                worker.until("the rest to arrive", DRAINED, () -> System.nanoTime() - end > ARRIVED.toNanos());
            }
        } catch (ConnectException e) {
            failure = String.valueOf(e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            problems.add("the worker ended with " + e);
        } finally {
            worker.stop();
            over = true;
            doOrders();
        }
    }

    /** Ends the load; what was produced is drained. */
    void end() {
        ending = true;
    }

    /** Ends everything at once: nobody will look at it. */
    void abandon() {
        abandoned = true;
        ending = true;
    }

    /** Has something done between two polls and waits for it. */
    void order(Runnable action) throws Exception {
        FutureTask<?> order = new FutureTask<>(action, null);
        orders.add(order);
        if (over) {
            doOrders();
        }
        order.get(90, TimeUnit.SECONDS);
    }

    /** The task ends without a last commit, and another one begins where was committed last. */
    void crash() throws Exception {
        order(() -> {
            // One that has failed stays as it is.
            if (!over) {
                worker.stop();
                worker = begin(committed);
            }
        });
    }

    /** Nothing is committed any more, or everything again: what a crash brings back is that much. */
    void withhold(boolean on) {
        withholding = on;
    }

    /** What Connect does when {@code preCommit} throws: back to what was committed, without a word to the task. */
    void rewind() throws Exception {
        order(() -> worker.seek(committed));
    }

    /** The next record is so many offsets further, as in a topic that is compacted. */
    void skip(int offsets) throws Exception {
        order(() -> {
            long next = worker.consumed() + offsets;
            for (long offset = worker.consumed(); offset < next; offset++) {
                excuse(offset);
            }
            worker.seek(next);
            produced = Math.max(produced, next);
        });
    }

    /** Has everything stored and committed, and then something done before the next record comes. */
    void drained(Consumer<FakeWorker> action) throws Exception {
        order(() -> {
            worker.drain(DRAINED);
            commit();
            action.accept(worker);
        });
    }

    /**
     * Another topic takes the name, with these records: the consumer begins at the beginning, and so does what was committed.
     * All of the old topic is stored and committed by then.
     */
    void beginAnew(LongFunction<SinkRecord> byOffset) throws Exception {
        order(() -> {
            if (!over) {
                worker.drain(DRAINED);
                commit();
                worker.stop();
                // Not before: the marker of the last record would have the new topic's timestamp.
                records = byOffset;
                committed = 0;
                worker = begin(0);
            }
        });
    }

    /** Records of the same kind come at another rate. */
    void load(LaneLoad next) {
        load = next;
    }

    /** Other records than numbered ones, by their offsets. */
    void deliver(LongFunction<SinkRecord> byOffset) throws Exception {
        order(() -> {
            records = byOffset;
            worker.deliver(byOffset);
        });
    }

    /** This record is not to be in the stream, or need not. */
    void excuse(long number) {
        excused.add(number);
    }

    boolean isExcused(long number) {
        return excused.contains(number);
    }

    void problem(String text) {
        problems.add(text);
    }

    /** Has the worker's own state looked at. */
    void look(Consumer<FakeWorker> at) throws Exception {
        order(() -> at.accept(worker));
    }

    Evidence evidence(StreamTally tally, Instant healed, long producedAtHeal) {
        Set<StreamPosition> unexpected = new HashSet<>();
        excused.forEach(number -> unexpected.add(new StreamPosition(0, number)));
        return new Evidence(
                tally,
                List.of(produced),
                unexpected,
                List.copyOf(commits),
                healed,
                List.of(producedAtHeal),
                failure,
                new ArrayList<>(problems));
    }

    private FakeWorker begin(long offset) {
        FakeWorker next = new FakeWorker(name, tasks.get());
        next.seek(offset);
        LongFunction<SinkRecord> own = records;
        if (own != null) {
            next.deliver(own);
        }
        next.start(config);
        return next;
    }

    private void step() {
        doOrders();
        if (worker.isPaused()) {
            worker.poll();
        } else {
            try {
                worker.offer(load.poll());
            } finally {
                produced = Math.max(produced, worker.consumed());
            }
        }
    }

    private void commit() {
        if (worker.commits()) {
            committed = worker.committable();
            commits.add(new Commit(0, committed, Instant.now()));
        }
    }

    private void doOrders() {
        for (FutureTask<?> order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
    }
}
