package io.jetsink.delivery;

import io.jetsink.config.MetricsSettings;
import io.jetsink.message.OutboundMessage;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The way of a record through the ring, with its counters: admitted, published, acked. Nothing is to be allocated. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
    /** As {@code max.poll.records}. */
    private static final int POLL = 500;

    /** The value of {@code metrics.latency}. */
    @Param({"true", "false"})
    private boolean latency;

    private final List<SinkRecord> records = new ArrayList<>();
    private final AssignedPartition partition = new AssignedPartition("task-0", PipelineFixture.P0);
    private final OutboundMessage message = new OutboundMessage("bench.0", null, new byte[256]);
    private TaskMetrics metrics;
    private InFlightRing ring;

    @Setup
    public void start() {
        metrics = new TaskMetrics(new MetricsSettings(latency, false));
        ring = new InFlightRing(metrics.acks());
        long now = System.currentTimeMillis();
        for (int i = 0; i < POLL; i++) {
            records.add(new SinkRecord(
                    "bench", 0, null, null, null, message.payload(), i, now + i / 50, TimestampType.CREATE_TIME));
        }
    }

    /** One poll, for each record of it. */
    @Benchmark
    @OperationsPerInvocation(POLL)
    public long poll() {
        long now = System.nanoTime();
        metrics.delivered(POLL);
        for (SinkRecord record : records) {
            ring.admit(partition, record, now);
        }
        now = System.nanoTime();
        for (int i = 0; i < POLL; i++) {
            ring.next().translated(message);
            ring.markPublished(message.size(), now);
        }
        metrics.acks().begin(System.nanoTime());
        ring.ackThrough(ring.published() - 1);
        metrics.acks().end();
        ring.advance();
        return ring.settled();
    }
}
