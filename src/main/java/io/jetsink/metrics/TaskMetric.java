package io.jetsink.metrics;

import java.util.List;
import java.util.function.Function;

/** The metrics of a task without further tags. */
enum TaskMetric implements Metric {
    RECORDS("nats-records-total", "records", "Records that Connect has delivered to the task.", TaskMetrics::records),
    ACKED(
            "nats-acked-total",
            "records",
            "Records whose message the stream has acked, each once. With best-effort: messages that the server has read.",
            m -> m.acks().messages()),
    BYTES(
            "nats-bytes-total",
            "bytes",
            "Subject, headers and payload of the acked messages.",
            m -> m.acks().bytes()),
    DUPLICATE_ACKS(
            "nats-duplicate-acks-total",
            "records",
            "Records whose ack states that the stream already has a message with the same id. They are acked records, too."
                    + " The mode fast learns this only of the first message with an id of each partition.",
            TaskMetrics::duplicates),
    ORPHANED(
            "nats-orphaned-total",
            "records",
            "Records that the task has dropped without an outcome: their partition was revoked or fenced, or the consumer"
                    + " reads them again. They are delivered again, to this task or to the next owner of the partition.",
            TaskMetrics::orphaned),

    TIME_WAITING(
            "nats-time-waiting-for-kafka-ns-total",
            "ns",
            "Time outside of Connect's calls of the task: it waits for records.",
            m -> m.time().nanos(TimeSplit.Part.KAFKA)),
    TIME_IN_PUT(
            "nats-time-in-put-ns-total",
            "ns",
            "Time in Connect's calls in which the task works: it translates, publishes and processes acks.",
            m -> m.time().nanos(TimeSplit.Part.WORK)),
    TIME_BLOCKED(
            "nats-time-blocked-on-nats-ns-total",
            "ns",
            "Time in Connect's calls in which the task waits for acks.",
            m -> m.time().nanos(TimeSplit.Part.NATS)),

    ACK_LATENCY(
            "nats-ack-latency-ns-total",
            Part.LATENCY,
            "ns",
            "Sum of the ack latencies. The ack latency of a message begins when the task sends the message for the"
                    + " last time, and ends when the task processes its ack.",
            m -> m.latencies().ackNanos()),
    ACK_LATENCY_COUNT(
            "nats-ack-latency-count-total",
            Part.LATENCY,
            "records",
            "Number of ack latencies in nats-ack-latency-ns-total. The quotient of the two increases is the mean.",
            m -> m.latencies().acks()),
    ACK_LATENCY_OVER_1(1),
    ACK_LATENCY_OVER_5(5),
    ACK_LATENCY_OVER_25(25),
    ACK_LATENCY_OVER_100(100),
    ACK_LATENCY_OVER_500(500),
    ACK_LATENCY_OVER_2500(2_500),
    ACK_LATENCY_OVER_10000(10_000),
    ACK_LATENCY_P50("nats-ack-latency-ms-p50", "Median", 0.5),
    ACK_LATENCY_P95("nats-ack-latency-ms-p95", "95th percentile", 0.95),
    ACK_LATENCY_P99("nats-ack-latency-ms-p99", "99th percentile", 0.99),
    ACK_LATENCY_MAX("nats-ack-latency-ms-max", "Maximum", 1),
    END_TO_END_P50("nats-end-to-end-ms-p50", Part.LATENCY, "ms", endToEnd("Median"), m -> endToEnd(m, 0.5)),
    END_TO_END_P99("nats-end-to-end-ms-p99", Part.LATENCY, "ms", endToEnd("99th percentile"), m -> endToEnd(m, 0.99)),
    END_TO_END_MAX("nats-end-to-end-ms-max", Part.LATENCY, "ms", endToEnd("Maximum"), m -> endToEnd(m, 1)),

    OLDEST_UNACKED_AGE(
            "nats-oldest-unacked-age-ms",
            "ms",
            "Time since Connect delivered the oldest record that is not settled; 0 if all are settled. Grows while the task"
                    + " is RUNNING and cannot store anything.",
            TaskMetrics::oldestMillis),
    INFLIGHT_RECORDS(
            "nats-inflight-records",
            "records",
            "Messages in flight, as publish.max.pending counts them: from the first to the last one that is published and not"
                    + " settled.",
            TaskMetrics::inFlight),
    INFLIGHT_BYTES(
            "nats-inflight-bytes",
            "bytes",
            "Bytes in flight, as publish.max.pending.bytes counts them.",
            TaskMetrics::bytesInFlight),
    WAITING_RECORDS(
            "nats-waiting-records",
            "records",
            "Records that the task holds and has not published: the window is full, or no epoch is open.",
            TaskMetrics::waiting),
    WINDOW_SIZE(
            "nats-window-size",
            "records",
            "Number of messages that may be in flight: 1 until the stream has answered in an epoch, 0 if no epoch is open.",
            TaskMetrics::windowSize),
    PAUSED_PARTITIONS(
            "nats-paused-partitions",
            "partitions",
            "Partitions whose consumption the task has paused, because it holds records that it cannot publish yet.",
            TaskMetrics::pausedPartitions),

    CONNECTED(
            "nats-connected",
            "",
            "1: a server is connected. 0: none is. Remains 1 while the task replaces its connection because of the stream,"
                    + " for example because the stream is full; nats-state is 2 then.",
            m -> m.link().isConnected() ? 1L : 0L),
    RECONNECTS(
            "nats-reconnects-total",
            "connections",
            "Connections that were opened after a connection had been lost.",
            m -> m.link().reconnects()),
    DISCONNECTED(
            "nats-disconnected-ms-total",
            "ms",
            "Time in which nats-connected was 0, including the start of the task.",
            m -> m.link().downMillis()),
    RTT(
            "nats-rtt-ms",
            "ms",
            "Round trip of a PING at the beginning of the last epoch; 0 before the first epoch.",
            m -> m.link().roundTripMillis()),
    EPOCHS(
            "nats-epochs-total",
            "epochs",
            "Epochs that have begun: connections over which the task could publish.",
            m -> m.link().epochs()),
    PERMISSION_VIOLATIONS(
            "nats-permission-violations-total",
            "errors",
            "Permissions Violations that the server has reported.",
            m -> m.link().violations()),
    STATE(
            "nats-state",
            "",
            "0: running. 1: connecting. 2: connected, but the stream stores nothing. 3: fenced, another task has claimed a"
                    + " partition. 4: failed. The metrics of a failed task disappear after a moment: use the status in Connect.",
            m -> (long) m.state()),
    MODE(
            "nats-mode",
            "",
            "Publish mode of the last epoch. 0: best-effort. 1: sync. 2: async. 3: fast. 4: exactly-once. -1: there was no"
                    + " epoch yet. With publish.mode=auto, a change from 3 to 2 shows that batches are not supported any more.",
            TaskMetrics::mode),
    BATCHES(
            "nats-batches-total",
            "batches",
            "Batches of which the stream has acked messages. Only the modes fast and exactly-once have batches.",
            TaskMetrics::batches),
    BATCH_RECORDS(
            "nats-batch-records-total",
            "records",
            "Acked messages of these batches, without offset markers. The quotient of the two increases is the mean size.",
            TaskMetrics::batchRecords),
    FENCED(
            "nats-fenced-total",
            "partitions",
            "Partitions of this task that another task has claimed. Only the mode exactly-once detects this.",
            TaskMetrics::fencings),
    PARTITIONS_NOT_SHOWN(
            "nats-partitions-not-shown",
            Part.PARTITIONS,
            "partitions",
            "Partitions of the task that have no metrics of their own: a task has metrics for at most "
                    + PartitionMetrics.MOST + ".",
            m -> m.partitions().notShown());

    private final String id;
    private final Part part;
    private final String unit;
    private final String description;
    private final Function<TaskMetrics, Number> value;

    TaskMetric(String id, String unit, String description, Function<TaskMetrics, Number> value) {
        this(id, Part.ALWAYS, unit, description, value);
    }

    TaskMetric(String id, Part part, String unit, String description, Function<TaskMetrics, Number> value) {
        this.id = id;
        this.part = part;
        this.unit = unit;
        this.description = description;
        this.value = value;
    }

    TaskMetric(int millis) {
        this(
                "nats-ack-latency-over-" + millis + "-ms-total",
                Part.LATENCY,
                "records",
                "Acked records whose ack latency was " + millis + " ms or more. Sums over tasks yield quantiles.",
                m -> m.latencies().acksOver(millis));
    }

    TaskMetric(String id, String statistic, double share) {
        this(
                id,
                Part.LATENCY,
                "ms",
                statistic + " of the ack latencies of the last 60 s; 0 if nothing was acked.",
                m -> m.latencies().ackMillis(share));
    }

    private static String endToEnd(String statistic) {
        return statistic
                + " of the times from the timestamp of a record to the ack of its message, in the last 60 s; 0 if"
                + " nothing was acked. Producers set the timestamp, so a wrong clock of a producer shows, too.";
    }

    private static Number endToEnd(TaskMetrics metrics, double share) {
        return metrics.latencies().endToEndMillis(share);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Part part() {
        return part;
    }

    @Override
    public List<String> tags() {
        return List.of();
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public String description() {
        return description;
    }

    Number value(TaskMetrics metrics) {
        return value.apply(metrics);
    }
}
