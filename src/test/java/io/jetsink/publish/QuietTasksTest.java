package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MetricsSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.config.SinkConfig;
import io.jetsink.delivery.FakeContext;
import io.jetsink.delivery.FakeSupervisor;
import io.jetsink.delivery.RejectReporter;
import io.jetsink.delivery.SinkPipeline;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.fast.FastFixture;
import io.jetsink.publish.fast.FastPublisher;
import io.jetsink.publish.once.AtomicPublisher;
import io.jetsink.publish.once.AtomicStream;
import io.jetsink.publish.once.BatchLimit;
import io.jetsink.publish.once.ExactlyOnceState;
import io.jetsink.publish.once.MarkerSubjects;
import io.jetsink.support.Logged;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four tasks of one stream with a record now and then, for hours: no outage, no new connection, no line in the log. */
class QuietTasksTest {
    /** Long enough for the claims, and short because each batch is some requests. */
    private static final Duration ONCE = Duration.ofMinutes(20);

    private static final Duration POLL = Duration.ofMillis(50);

    private long now = Long.MAX_VALUE - Duration.ofHours(1).toNanos();
    private final QuietStream stream = new QuietStream(() -> now);

    @ParameterizedTest(name = "{0}, commits each {1} s, records each {2} s, {3} hours")
    @CsvSource({
        "FAST, 10, 1 9 11 45, 2",
        "FAST, 60, 60 60 60 60, 12",
        "FAST, 10, 9 10 10 11, 12",
        "FAST, 60, 11 13 17 19, 12",
        "ASYNC, 60, 9 11 45 60, 12",
        "SYNC, 60, 9 11 45 60, 12",
    })
    void storeEverythingOverOneConnectionEach(PublishMode mode, int commit, String records, int hours)
            throws Exception {
        long stored = runQuietly(records, commit, Duration.ofHours(hours), () -> publisher(mode));

        assertThat(stream.unknown).isZero();
        assertThat(stream.messages()).isEqualTo(stored);
    }

    @ParameterizedTest(name = "exactly-once, commits each {0} s, records each {1} s")
    @CsvSource({"10, 1 9 11 45", "60, 60 60 60 60"})
    void storeEverythingOnceOverOneConnectionEach(int commit, String records) throws Exception {
        AtomicStream markers = new AtomicStream();
        long stored = runQuietly(records, commit, ONCE, () -> exactlyOnce(markers));

        assertThat(markers.records).hasSize((int) stored);
    }

    /** Returns how many records the tasks have put. */
    private long runQuietly(String records, int commit, Duration length, Supplier<Publisher> publishers)
            throws Exception {
        List<Task> tasks = new ArrayList<>();
        for (String seconds : records.split(" ")) {
            tasks.add(new Task(tasks.size(), publishers.get(), seconds(Integer.parseInt(seconds)), seconds(commit)));
        }
        try (Logged logged = Logged.begin()) {
            run(tasks, length);

            assertThat(logged.lines()).isEmpty();
        }
        return tasks.stream().mapToLong(task -> task.offset).sum();
    }

    private void run(List<Task> tasks, Duration length) throws Exception {
        long end = now + length.toNanos();
        for (long left = end - now; left > 0; left = end - now) {
            for (Task task : tasks) {
                task.step();
            }
            long next = left;
            for (Task task : tasks) {
                next = Math.min(next, task.dueIn());
            }
            now += Math.max(1, next);
        }
        for (Task task : tasks) {
            task.finish();
        }
    }

    private Publisher exactlyOnce(AtomicStream markers) {
        SinkConfig config = SinkConfig.parse(Map.of(
                "name", "c",
                "nats.servers", "nats://localhost",
                "jetstream.stream", "S",
                "delivery.guarantee", "exactly-once"));
        ExactlyOnceState once = new ExactlyOnceState(
                MarkerSubjects.inStream("m", "c"),
                config.publish(),
                config.exactlyOnce(),
                new LinkRate(1 << 20),
                () -> now);
        once.opened(AtomicStream.TARGET, captured(), BatchLimit.USUAL);
        AtomicStream.Link link = markers.new Link();
        return new AtomicPublisher(link.connection(), once, link.requests());
    }

    private Publisher publisher(PublishMode mode) {
        FakeConnection connection = stream.connect();
        TargetStream target = new TargetStream("ORDERS", FastFixture.stream().build(), "$JS.API.");
        int window = mode == PublishMode.SYNC ? 1 : 4_096;
        return mode == PublishMode.FAST
                ? new FastPublisher(
                        connection.connection(),
                        target,
                        new StreamAdmission(target, captured(), false, false, () -> 0),
                        new AckSource("ORDERS", null),
                        new ForeignReplies("orders", () -> now),
                        settings(),
                        null,
                        new LinkRate(settings().maxPendingBytes()),
                        () -> now)
                : new AsyncPublisher(
                        connection.connection(),
                        new AckSource("ORDERS", null),
                        new ForeignReplies("orders", () -> now),
                        FastFixture.refusals(connection.connection()),
                        window,
                        false,
                        () -> now);
    }

    private CapturedSubjects captured() {
        return new CapturedSubjects(List.of("orders"), () -> now);
    }

    private static PublishSettings settings() {
        return new PublishSettings(
                DeliveryGuarantee.AT_LEAST_ONCE, PublishMode.FAST, 4_096, 1 << 20, Duration.ofSeconds(5), null);
    }

    private static long seconds(int count) {
        return Duration.ofSeconds(count).toNanos();
    }

    /** A task as Connect drives it: a commit when it is due, and a put for each poll, which a record or a timeout ends. */
    private final class Task {
        private final TopicPartition partition;
        private final long every;
        private final long commitEvery;
        private final FakeSupervisor link = new FakeSupervisor();
        private final FakeContext context = new FakeContext();
        private final SinkPipeline pipeline;
        private long recordAt = now;
        private long commitAt;
        /** When a poll ends that the task has limited. */
        private long pollUntil = Long.MAX_VALUE;

        private boolean limited;
        private long offset;

        Task(int number, Publisher publisher, long every, long commitEvery) {
            this.partition = new TopicPartition("orders", number);
            this.every = every;
            this.commitEvery = commitEvery;
            this.commitAt = now + commitEvery;
            link.open(publisher);
            context.assign(Set.of(partition));
            SinkConfig config = SinkConfig.parse(Map.of(
                    "name", "orders", "topics", "orders", "nats.servers", "nats://localhost", "subject", "orders"));
            this.pipeline = new SinkPipeline(
                    "orders-0",
                    context,
                    new RecordTranslator(config.translation(), "orders"),
                    link,
                    new RejectReporter("orders-0", null, true, false),
                    settings(),
                    new LinkRate(settings().maxPendingBytes()),
                    new TaskMetrics(new MetricsSettings(true, false)),
                    () -> now);
            pipeline.open(Set.of(partition));
        }

        void step() throws InterruptedException {
            if (commitAt - now <= 0) {
                commit();
                commitAt += commitEvery;
            }
            if (recordAt - now <= 0 && !context.isPaused(partition)) {
                put(List.of(record()));
                recordAt += every;
            } else if (limited && pollUntil - now <= 0) {
                put(List.of());
            }
        }

        private void put(List<SinkRecord> records) throws InterruptedException {
            limited = false;
            pipeline.put(records);
            limit();
        }

        /** Until when the task has limited its poll, if it has. */
        private void limit() {
            long millis = context.takeTimeout();
            if (millis >= 0) {
                limited = true;
                pollUntil = now + Duration.ofMillis(millis).toNanos();
            }
        }

        private SinkRecord record() {
            return new SinkRecord(
                    "orders",
                    partition.partition(),
                    null,
                    null,
                    null,
                    "v",
                    offset++,
                    1_000 + offset,
                    TimestampType.CREATE_TIME);
        }

        long dueIn() {
            long due = context.isPaused(partition) ? commitAt - now : Math.min(recordAt - now, commitAt - now);
            return limited ? Math.min(due, pollUntil - now) : due;
        }

        private long commit() {
            long committed = pipeline.preCommit(Map.of(partition, new OffsetAndMetadata(offset)))
                    .get(partition)
                    .offset();
            limit();
            return committed;
        }

        void finish() throws InterruptedException {
            for (int poll = 0; poll < 200 && commit() < offset; poll++) {
                now += POLL.toNanos();
                pipeline.put(List.of());
            }
            assertThat(link.givenUp).isEmpty();
            assertThat(link.probed).isEmpty();
            assertThat(commit()).isEqualTo(offset);
        }
    }
}
