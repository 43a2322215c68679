package io.jetsink.metrics;

import io.jetsink.config.MetricsSettings;
import io.jetsink.message.ErrorCode;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All counters and gauges of one task. They are counted whether or not they are registered anywhere; {@link TaskMetric} names
 * them.
 *
 * <p><b>Threads.</b> The task thread changes them, except {@link #link}. Any thread reads.
 */
public final class TaskMetrics {
    /** No record is unsettled. */
    public static final long NONE = 0;

    private final LongSupplier clock;
    private final @Nullable Latencies latencies;
    private final AckMetrics acks;
    private final TimeSplit time;
    private final LinkMetrics link;
    private final PartitionMetrics partitions;

    private final Count records = new Count();
    private final Count duplicates = new Count();
    private final Count orphaned = new Count();
    private final ReasonCounts skipped = new ReasonCounts(ErrorCode.Counted.SKIPPED, ErrorCode.STORED_BEFORE);
    private final ReasonCounts rejected = new ReasonCounts(ErrorCode.Counted.REJECTED, ErrorCode.REFUSED_BY_SERVER);
    private final Count batches = new Count();
    private final Count batchRecords = new Count();
    private final Count fencings = new Count();

    private final Count inFlight = new Count();
    private final Count bytesInFlight = new Count();
    private final Count waiting = new Count();
    private final Count oldest = new Count();
    private final Count window = new Count();
    private final Count paused = new Count();
    private final Count fenced = new Count();
    private final Count mode = new Count();
    private volatile boolean stalled;

    public TaskMetrics(MetricsSettings settings) {
        this(settings, System::nanoTime, System::currentTimeMillis);
    }

    /**
     * @param clock nanoseconds that only go forward
     * @param wallClock milliseconds since 1970
     */
    public TaskMetrics(MetricsSettings settings, LongSupplier clock, LongSupplier wallClock) {
        this.clock = clock;
        this.latencies = settings.latency() ? new Latencies(clock, wallClock) : null;
        this.acks = new AckMetrics(latencies == null ? LatencyRecorder.OFF : latencies);
        this.time = new TimeSplit(clock);
        this.link = new LinkMetrics(clock);
        this.partitions = new PartitionMetrics(settings.partitions());
        mode.set(-1);
    }

    /** Returns the counters of acked messages. */
    public AckMetrics acks() {
        return acks;
    }

    public TimeSplit time() {
        return time;
    }

    /** Returns the metrics of the connection, which any thread may change. */
    public LinkMetrics link() {
        return link;
    }

    public PartitionMetrics partitions() {
        return partitions;
    }

    /** Counts records that Connect has delivered. */
    public void delivered(int more) {
        records.add(more);
    }

    /** Counts a message that was acked as a duplicate. It counts as acked, too. */
    public void duplicate() {
        duplicates.add(1);
    }

    /** Counts a record that needs no message. */
    public void skipped(ErrorCode reason) {
        skipped.add(reason);
    }

    /** Counts a record that was rejected, and whose report is safe. */
    public void rejected(ErrorCode reason) {
        rejected.add(reason);
    }

    /** Shows how many records the task has dropped, because it does not own their partition any more or reads them again. */
    public void orphaned(long total) {
        orphaned.set(total);
    }

    /**
     * Counts messages of a batch that were acked.
     *
     * @param first whether they are the first of their batch
     */
    public void batched(long messages, boolean first) {
        batches.add(first ? 1 : 0);
        batchRecords.add(messages);
    }

    /** Shows how many partitions of the task were claimed by another task. */
    public void fencings(long total) {
        fencings.set(total);
    }

    /**
     * Shows the messages in flight, and the records that wait to be published.
     *
     * @param since when the oldest unsettled record was delivered, in nanoseconds; {@link #NONE} if there is none
     */
    public void unsettled(long messages, long bytes, long waitingRecords, long since) {
        inFlight.set(messages);
        bytesInFlight.set(bytes);
        waiting.set(waitingRecords);
        oldest.set(since);
    }

    /** Shows how many messages may be in flight; 0 without a connection. */
    public void window(int messages) {
        window.set(messages);
    }

    /** Shows the number of a publish mode; see {@link TaskMetric#MODE}. */
    public void mode(int number) {
        mode.set(number);
    }

    /**
     * Shows the state of the task.
     *
     * @param isStalled whether messages are in flight and the server settles none
     * @param pausedPartitions number of partitions that the task has paused
     * @param fencedPartitions number of open partitions that another task has claimed
     */
    public void state(boolean isStalled, int pausedPartitions, int fencedPartitions) {
        stalled = isStalled;
        paused.set(pausedPartitions);
        fenced.set(fencedPartitions);
    }

    /** Returns the counters as a text for people: records, and what became of them. */
    public String summary() {
        return "Records: " + records() + ", acked: " + acks.messages() + ", duplicates: " + duplicates()
                + ", rejected: " + rejected.total() + ", skipped: " + skipped.total() + ", retries: "
                + link.retries().total();
    }

    /** Returns whether the configuration enables these metrics. */
    boolean has(Metric.Part part) {
        return switch (part) {
            case ALWAYS -> true;
            case LATENCY -> latencies != null;
            case PARTITIONS -> partitions.isEnabled();
        };
    }

    Latencies latencies() {
        return Objects.requireNonNull(latencies, "metrics.latency=false");
    }

    long records() {
        return records.get();
    }

    long duplicates() {
        return duplicates.get();
    }

    long orphaned() {
        return orphaned.get();
    }

    ReasonCounts skipped() {
        return skipped;
    }

    ReasonCounts rejected() {
        return rejected;
    }

    long batches() {
        return batches.get();
    }

    long batchRecords() {
        return batchRecords.get();
    }

    long fencings() {
        return fencings.get();
    }

    long inFlight() {
        return inFlight.get();
    }

    long bytesInFlight() {
        return bytesInFlight.get();
    }

    long waiting() {
        return waiting.get();
    }

    long windowSize() {
        return window.get();
    }

    long pausedPartitions() {
        return paused.get();
    }

    long mode() {
        return mode.get();
    }

    /** Returns how old the oldest unsettled record is now, in milliseconds; 0 if there is none. */
    long oldestMillis() {
        long since = oldest.get();
        return since == NONE ? 0 : Math.max(0, TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - since));
    }

    /** See {@link TaskMetric#STATE}. */
    int state() {
        if (link.hasFailed()) {
            return 4;
        }
        if (fenced.get() > 0) {
            return 3;
        }
        if (!link.isConnected()) {
            return 1;
        }
        return link.isOpen() && !stalled ? 0 : 2;
    }
}
