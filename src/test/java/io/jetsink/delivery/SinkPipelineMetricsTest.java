package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P1;
import static io.jetsink.delivery.PipelineFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.message.ErrorCode;
import io.jetsink.metrics.MetricReader;
import io.jetsink.publish.Failures;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The numbers that a task shows of its records. */
class SinkPipelineMetricsTest {
    /** The topic "orders" is the subject, and the headers are none. */
    private static final int SUBJECT = "orders".length();

    private PipelineFixture task = new PipelineFixture();

    private long value(String id) {
        return MetricReader.value(task.metrics, id).longValue();
    }

    private void assertThatEachRecordIsCountedOnce() {
        assertThat(MetricReader.ended(task.metrics)).isEqualTo(value("nats-records-total"));
    }

    @Test
    void eachAckedRecordIsCountedOnceWithItsBytes() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "bb", "ccc");
        assertThat(value("nats-inflight-records")).isEqualTo(3);
        assertThat(value("nats-inflight-bytes")).isEqualTo(3 * SUBJECT + 6);
        assertThat(value("nats-acked-total")).isEqualTo(1);

        publisher.ackThrough("bb");
        publisher.ack("ccc");
        task.put();

        assertThat(value("nats-records-total")).isEqualTo(4);
        assertThat(value("nats-acked-total")).isEqualTo(4);
        assertThat(value("nats-bytes-total")).isEqualTo(4 * SUBJECT + 5 + 6);
        assertThat(value("nats-inflight-records")).isZero();
        assertThat(value("nats-inflight-bytes")).isZero();
        assertThatEachRecordIsCountedOnce();
    }

    @Test
    void messagesThatAreSentAgainAreCountedOnce() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b", "c");
        first.ack("b");
        task.put();
        FakePublisher second = task.connect();
        task.put();
        second.ack("a");
        task.put();
        second.ackDuplicate("c");
        task.put();

        assertThat(value("nats-acked-total")).isEqualTo(4);
        assertThat(value("nats-bytes-total")).isEqualTo(4 * SUBJECT + 5 + 3);
        assertThat(value("nats-duplicate-acks-total")).isEqualTo(1);
        assertThat(value("nats-ack-latency-count-total")).isEqualTo(4);
        assertThatEachRecordIsCountedOnce();
    }

    @Test
    void anAckOfAMessageThatIsNotInFlightAnyMoreCounts() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b");
        task.connect();
        // The previous epoch reports the ack with its last outcomes.
        first.ack("a");
        task.put();

        assertThat(value("nats-acked-total")).isEqualTo(2);
        assertThat(value("nats-bytes-total")).isEqualTo(2 * SUBJECT + 5 + 1);
    }

    @Test
    void skippedAndRejectedRecordsHaveReasons() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.tombstones(TombstonePolicy.SKIP));
        FakePublisher publisher = task.connectAndProve();
        publisher.neverTakes("bad").holds(4L);
        task.put("a", null, "bad", "held", "large");
        publisher.ack("a");
        task.put();
        publisher.fail("large", Failures.tooLarge());
        task.put();

        assertThat(MetricReader.value(task.metrics, "nats-skipped-total", ErrorCode.TOMBSTONE_SKIPPED))
                .isEqualTo(1);
        assertThat(MetricReader.value(task.metrics, "nats-skipped-total", ErrorCode.STORED_BEFORE))
                .isEqualTo(1);
        assertThat(MetricReader.value(task.metrics, "nats-rejected-total", ErrorCode.INVALID_SUBJECT))
                .isEqualTo(1);
        assertThat(MetricReader.value(task.metrics, "nats-rejected-total", ErrorCode.TOO_LARGE))
                .isEqualTo(1);
        assertThat(value("nats-acked-total")).isEqualTo(2);
        assertThatEachRecordIsCountedOnce();
    }

    @Test
    void recordsOfAClosedPartitionAreAckedOrOrphaned() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(2));
        FakePublisher publisher = task.connectAndProve();
        task.open(P1);
        task.put(record(P1, 0, "a"), record(P1, 1, "b"), record(P1, 2, "c"), record(P1, 3, "d"));
        task.close(P1);

        publisher.ack("a", "b");
        task.put();

        assertThat(value("nats-acked-total")).isEqualTo(3);
        assertThat(value("nats-orphaned-total")).isEqualTo(2);
        assertThatEachRecordIsCountedOnce();
    }

    @Test
    void recordsThatAreReadAgainAreOrphaned() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.sendsBackTo(0);
        task.put("a", "b");
        task.put();

        assertThat(value("nats-orphaned-total")).isEqualTo(2);
        assertThatEachRecordIsCountedOnce();
    }

    @Test
    void theOldestRecordAgesWhileTheTaskIsNotCalled() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a");
        task.clock.advance(Duration.ofSeconds(3));
        task.put("b");
        publisher.ack("a");
        task.put();
        assertThat(value("nats-oldest-unacked-age-ms")).isZero();

        task.clock.advance(Duration.ofMinutes(10));

        assertThat(value("nats-oldest-unacked-age-ms")).isEqualTo(600_000);
        publisher.ack("b");
        task.put();
        assertThat(value("nats-oldest-unacked-age-ms")).isZero();
    }

    @Test
    void anOutageShowsWaitingRecordsAndPausedPartitions() throws InterruptedException {
        task.connectAndProve();
        task.link.lose();
        task.open(P1);

        task.put("a", "b");
        task.clock.advance(Duration.ofHours(1));
        task.put();

        assertThat(value("nats-waiting-records")).isEqualTo(2);
        assertThat(value("nats-inflight-records")).isZero();
        assertThat(value("nats-window-size")).isZero();
        assertThat(value("nats-paused-partitions")).isEqualTo(2);
        assertThat(value("nats-oldest-unacked-age-ms")).isEqualTo(3_600_000);
        assertThat(value("nats-mode")).as("the mode of the last epoch").isEqualTo(2);
    }

    @Test
    void theWindowIsThatOfTheEpoch() throws InterruptedException {
        task.connect();
        task.put();
        assertThat(value("nats-window-size")).isEqualTo(1);

        task.connectAndProve();

        assertThat(value("nats-window-size")).isEqualTo(100);
        assertThat(value("nats-mode")).isEqualTo(2);
    }

    @Test
    void latencyIsFromTheLastSendingToTheHarvest() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        long before = value("nats-ack-latency-ns-total");
        task.put("a", "b");
        task.clock.advance(Duration.ofMillis(7));
        first.ack("a");
        task.put();
        FakePublisher second = task.connect();
        task.put();
        task.clock.advance(Duration.ofMillis(500));
        second.ack("b");
        task.put();

        assertThat(value("nats-ack-latency-ns-total") - before)
                .isEqualTo(Duration.ofMillis(507).toNanos());
        assertThat(value("nats-ack-latency-over-5-ms-total")).isEqualTo(2);
        assertThat(value("nats-ack-latency-over-25-ms-total")).isEqualTo(1);
        assertThat(value("nats-ack-latency-over-500-ms-total")).isEqualTo(1);
        assertThat(value("nats-ack-latency-over-2500-ms-total")).isZero();
        assertThat(MetricReader.value(task.metrics, "nats-ack-latency-ms-max").doubleValue())
                .isBetween(475.0, 525.0);
        task.clock.advance(Duration.ofMinutes(2));
        assertThat(MetricReader.value(task.metrics, "nats-ack-latency-ms-max").doubleValue())
                .isZero();
    }

    @Test
    void waitsForAcksAreNoWork() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(1));
        FakePublisher publisher = task.connectAndProve();
        long kafka = value("nats-time-waiting-for-kafka-ns-total");
        long blocked = value("nats-time-blocked-on-nats-ns-total");
        publisher.whileWaiting(nanos -> {
            task.clock.advance(Duration.ofMillis(30));
            publisher.ackAll();
        });

        task.clock.advance(Duration.ofSeconds(5));
        task.put("a", "b");
        assertThat(task.committable()).isEqualTo(3);

        assertThat(value("nats-time-waiting-for-kafka-ns-total") - kafka)
                .isEqualTo(Duration.ofSeconds(5).toNanos());
        assertThat(value("nats-time-blocked-on-nats-ns-total") - blocked)
                .isEqualTo(Duration.ofMillis(60).toNanos());
        assertThat(value("nats-time-in-put-ns-total")).isZero();
        task.clock.advance(Duration.ofHours(2));
        assertThat(value("nats-time-waiting-for-kafka-ns-total") - kafka)
                .isEqualTo(Duration.ofHours(2).plusSeconds(5).toNanos());
    }

    @Test
    void batchesAreThoseOfThePublisher() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.ackBatch(40);
        publisher.ackBatch(2);
        task.put();

        assertThat(value("nats-batches-total")).isEqualTo(2);
        assertThat(value("nats-batch-records-total")).isEqualTo(84);
    }
}
