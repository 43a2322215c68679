package io.jetsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MetricsSettings;
import io.jetsink.message.ErrorCode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TaskMetricsTest {
    private final AtomicLong clock = new AtomicLong(1);
    private final TaskMetrics metrics =
            new TaskMetrics(new MetricsSettings(true, false), clock::get, System::currentTimeMillis);

    private Number value(TaskMetric metric) {
        return metric.value(metrics);
    }

    private void passSeconds(long seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void everythingIsZeroAtTheStartExceptTheMode() {
        for (TaskMetric metric : TaskMetric.values()) {
            switch (metric) {
                case MODE -> assertThat(value(metric)).isEqualTo(-1L);
                case STATE -> assertThat(value(metric)).isEqualTo(1L);
                default ->
                    assertThat(value(metric).doubleValue()).as(metric.id()).isZero();
            }
        }
    }

    @Test
    void theOldestUnackedRecordAgesWithoutACall() {
        metrics.unsettled(1, 10, 0, clock.get());
        passSeconds(3_600);
        assertThat(value(TaskMetric.OLDEST_UNACKED_AGE)).isEqualTo(3_600_000L);

        metrics.unsettled(0, 0, 0, TaskMetrics.NONE);

        assertThat(value(TaskMetric.OLDEST_UNACKED_AGE)).isEqualTo(0L);
    }

    @Test
    void statesFollowTheLink() {
        assertThat(metrics.state()).isEqualTo(1);
        metrics.link().connected();
        metrics.link().epochBegan();
        assertThat(metrics.state()).isZero();

        metrics.link().retried(ErrorCode.CONNECTION_LOST);
        assertThat(metrics.state()).isEqualTo(1);
        assertThat(value(TaskMetric.CONNECTED)).isEqualTo(0L);

        metrics.link().epochBegan();
        metrics.state(true, 3, 0);
        assertThat(metrics.state()).isEqualTo(2);
        metrics.state(false, 3, 1);
        assertThat(metrics.state()).isEqualTo(3);
        metrics.link().failed();
        assertThat(metrics.state()).isEqualTo(4);
    }

    /** A full stream is no lost connection, though each attempt has a connection of its own. */
    @Test
    void anEpochThatEndsBecauseOfTheStreamIsNoLostConnection() {
        metrics.link().epochBegan();
        for (int attempt = 0; attempt < 10; attempt++) {
            metrics.link().retried(ErrorCode.STREAM_FULL);
            assertThat(metrics.state()).isEqualTo(2);
            passSeconds(10);
            metrics.link().connected();
            metrics.link().epochBegan();
        }

        assertThat(value(TaskMetric.CONNECTED)).isEqualTo(1L);
        assertThat(value(TaskMetric.RECONNECTS)).isEqualTo(0L);
        assertThat(value(TaskMetric.DISCONNECTED)).isEqualTo(0L);
        assertThat(value(TaskMetric.EPOCHS)).isEqualTo(11L);
        assertThat(metrics.link().retries().get(ErrorCode.STREAM_FULL)).isEqualTo(10);
    }

    @Test
    void theTimeWithoutConnectionIncludesThePresentOutage() {
        passSeconds(2);
        metrics.link().epochBegan();
        passSeconds(100);
        metrics.link().retried(ErrorCode.CONNECTION_LOST);
        passSeconds(2);
        metrics.link().retried(ErrorCode.UNREACHABLE);
        passSeconds(3);

        assertThat(value(TaskMetric.DISCONNECTED)).isEqualTo(7_000L);
        metrics.link().epochBegan();
        assertThat(value(TaskMetric.DISCONNECTED)).isEqualTo(7_000L);
        assertThat(value(TaskMetric.RECONNECTS)).isEqualTo(1L);
    }

    @Test
    void aCodeThatIsNoReasonIsCountedAllTheSame() {
        metrics.rejected(ErrorCode.UNREACHABLE);
        metrics.skipped(ErrorCode.TOMBSTONE_SKIPPED);
        metrics.link().retried(ErrorCode.MANY_TASKS);

        assertThat(metrics.rejected().get(ErrorCode.REFUSED_BY_SERVER)).isEqualTo(1);
        assertThat(metrics.skipped().get(ErrorCode.TOMBSTONE_SKIPPED)).isEqualTo(1);
        assertThat(metrics.link().retries().get(ErrorCode.UNEXPECTED)).isEqualTo(1);
    }
}
