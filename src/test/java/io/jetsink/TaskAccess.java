package io.jetsink;

import io.jetsink.publish.GracePeriod;
import io.jetsink.publish.ReconnectingSupervisor;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/** The package-private parts of the task that tests of other packages need. */
public final class TaskAccess {
    /**
     * Tasks fail from a misconfiguration at the second or third attempt with the default back-off, and often look whether a
     * faster mode is possible.
     */
    public static final GracePeriod IMPATIENT =
            new GracePeriod(Duration.ofMillis(100), Duration.ZERO, Duration.ofSeconds(60), Duration.ofMillis(100));

    private TaskAccess() {}

    /** @param clock of the task's link, in nanoseconds */
    public static NatsJetStreamSinkTask task(GracePeriod grace, LongSupplier clock) {
        return new NatsJetStreamSinkTask(grace, clock);
    }

    public static ReconnectingSupervisor link(NatsJetStreamSinkTask task) {
        return Objects.requireNonNull(task.link(), "the task does not run");
    }

    /** The key with which the connector numbers its tasks. */
    public static Map<String, String> number(int task) {
        return Map.of(NatsJetStreamSinkTask.TASK_KEY, Integer.toString(task));
    }
}
