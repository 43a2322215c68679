package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.nats.client.api.DiscardPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The metrics of tasks on a real server, in each mode and state. */
class TaskMetricsIT {
    private static final int RECORDS = 1_000;

    @RegisterExtension
    final TaskRig rig = TaskRig.shared("measured");

    private static void until(FakeWorker worker, String metric, long value) {
        worker.until(
                metric + "=" + value,
                TaskRig.PATIENCE,
                () -> worker.metric(metric).longValue() == value);
    }

    @ParameterizedTest
    @CsvSource({
        "best-effort, 0, 0",
        "sync, 1, 0",
        "async, 2, 0",
        "fast, 3, 1000",
        "auto, 3, 1000",
        "exactly-once, 4, 1000"
    })
    void eachRecordIsCountedOnceInEachMode(String mode, long number, long inBatches) {
        rig.create(rig.anyMode());

        FakeWorker worker = rig.start("mode", mode).settle(RECORDS);

        assertThat(worker.metric("nats-mode")).isEqualTo(number);
        assertThat(worker.metric("nats-records-total")).isEqualTo((long) RECORDS);
        assertThat(worker.metric("nats-acked-total")).isEqualTo((long) RECORDS);
        assertThat(worker.metric("nats-bytes-total").longValue()).isGreaterThan(RECORDS * (long) rig.name.length());
        assertThat(worker.metric("nats-batch-records-total")).isEqualTo(inBatches);
        assertThat(worker.metric("nats-batches-total").longValue()).isBetween(inBatches / RECORDS, inBatches);
        assertThat(worker.metric("nats-epochs-total")).isEqualTo(1L);
        assertThat(worker.metric("nats-state")).isEqualTo(0L);
        assertThat(worker.metric("nats-inflight-records")).isEqualTo(0L);
        worker.until(
                "the round trip",
                TaskRig.PATIENCE,
                () -> worker.metric("nats-rtt-ms").doubleValue() > 0);
    }

    @Test
    void autoShowsThatItPublishesWithoutBatches() {
        rig.create(rig.stream());

        FakeWorker worker = rig.start("mode", "auto").settle(10);

        assertThat(worker.metric("nats-mode")).isEqualTo(2L);
    }

    @ParameterizedTest
    @CsvSource({"fast", "async"})
    void aFullStreamIsAStateAndNoLostConnection(String mode) {
        rig.create(rig.anyMode().maxMessages(100).discardPolicy(DiscardPolicy.New));
        FakeWorker worker = rig.start("mode", mode);
        worker.offer(300);

        worker.until(
                "attempts",
                TaskRig.PATIENCE,
                () -> worker.metric("nats-retries-total", "JS-4004").longValue() >= 2);
        until(worker, "nats-state", 2);
        assertThat(worker.metric("nats-connected")).isEqualTo(1L);
        assertThat(worker.metric("nats-reconnects-total")).isEqualTo(0L);
        assertThat(worker.metric("nats-acked-total")).isEqualTo(100L);
        until(worker, "nats-paused-partitions", 1);
        assertThat(worker.metric("nats-oldest-unacked-age-ms").longValue()).isPositive();
        assertThat(worker.metric("nats-waiting-records").longValue()
                        + worker.metric("nats-inflight-records").longValue())
                .isEqualTo(200);

        rig.update(rig.anyMode().maxMessages(1_000).discardPolicy(DiscardPolicy.New));
        worker.drain();

        assertThat(worker.metric("nats-acked-total")).isEqualTo(300L);
        until(worker, "nats-state", 0);
        assertThat(worker.metric("nats-oldest-unacked-age-ms")).isEqualTo(0L);
    }

    @Test
    void aLostConnectionIsOneReconnectAndATimeWithoutConnection() throws Exception {
        rig.create(rig.anyMode());
        FaultProxy proxy = rig.proxy();
        FakeWorker worker =
                rig.start("nats.servers", proxy.url(), "mode", "async").settle(10);

        proxy.reset();
        until(worker, "nats-epochs-total", 2);

        assertThat(worker.metric("nats-reconnects-total")).isEqualTo(1L);
        assertThat(worker.metric("nats-retries-total", "JS-2002")).isEqualTo(1L);
        assertThat(worker.metric("nats-connected")).isEqualTo(1L);
        assertThat(worker.metric("nats-disconnected-ms-total").longValue()).isPositive();
    }

    @Test
    void aReplayWithIdsShowsDuplicates() {
        rig.create(rig.anyMode());
        rig.start("mode", "async", "message.id", "coordinates").settle(300);

        FakeWorker replay =
                rig.start("mode", "async", "message.id", "coordinates").settle(350);

        assertThat(replay.metric("nats-duplicate-acks-total")).isEqualTo(300L);
        assertThat(replay.metric("nats-acked-total")).isEqualTo(350L);
    }

    @Test
    void aReplayInExactlyOnceIsSkipped() {
        rig.create(rig.anyMode());
        FakeWorker first = rig.start("mode", "exactly-once").settle(300);

        FakeWorker second = rig.start("mode", "exactly-once").settle(350);

        assertThat(second.metric("nats-skipped-total", "JS-5014")).isEqualTo(300L);
        assertThat(second.metric("nats-acked-total")).isEqualTo(50L);
        first.seek(350);
        first.offer(10);
        until(first, "nats-state", 3);
        assertThat(first.metric("nats-fenced-total")).isEqualTo(1L);
    }
}
