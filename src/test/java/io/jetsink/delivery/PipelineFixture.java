package io.jetsink.delivery;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.MetricsSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.message.Coordinates;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.EpochSupervisor;
import io.jetsink.publish.LinkRate;
import io.jetsink.support.Translations;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A pipeline among fakes, with {@link #P0} open from the start. */
final class PipelineFixture {
    static final TopicPartition P0 = new TopicPartition("orders", 0);
    static final TopicPartition P1 = new TopicPartition("orders", 1);
    static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);

    final ManualClock clock = new ManualClock();
    final FakeContext context = new FakeContext();
    final FakeSupervisor link = new FakeSupervisor();
    /** The coordinates of records reported to Connect. */
    final List<String> reported = new ArrayList<>();

    final TaskMetrics metrics = new TaskMetrics(new MetricsSettings(true, true), clock, System::currentTimeMillis);

    final SinkPipeline pipeline;
    private final int window;
    private long nextOffset;

    /** Everything a test may want otherwise. */
    record Options(
            int window,
            long maxBytes,
            TombstonePolicy tombstones,
            @Nullable Duration retryTimeout,
            boolean reports,
            boolean toleratesAll) {
        static final Options DEFAULT = new Options(100, 1 << 20, TombstonePolicy.PUBLISH, null, true, true);

        Options window(int messages) {
            return new Options(messages, maxBytes, tombstones, retryTimeout, reports, toleratesAll);
        }

        Options maxBytes(long bytes) {
            return new Options(window, bytes, tombstones, retryTimeout, reports, toleratesAll);
        }

        Options tombstones(TombstonePolicy choice) {
            return new Options(window, maxBytes, choice, retryTimeout, reports, toleratesAll);
        }

        Options retryTimeout(Duration limit) {
            return new Options(window, maxBytes, tombstones, limit, reports, toleratesAll);
        }

        Options errors(boolean reporter, boolean toleranceAll) {
            return new Options(window, maxBytes, tombstones, retryTimeout, reporter, toleranceAll);
        }
    }

    PipelineFixture() {
        this(Options.DEFAULT);
    }

    PipelineFixture(Options options) {
        this(options, fast(options.maxBytes));
    }

    PipelineFixture(Options options, LinkRate rate) {
        ErrantRecordReporter reporter = (record, why) -> {
            reported.add(Coordinates.of(record));
            return CompletableFuture.completedFuture(null);
        };
        window = options.window;
        pipeline = pipeline(options, context, link, options.reports ? reporter : null, rate, metrics, clock);
        open(P0);
    }

    static SinkPipeline pipeline(
            Options options,
            FakeContext context,
            EpochSupervisor link,
            @Nullable ErrantRecordReporter reporter,
            LinkRate rate,
            TaskMetrics metrics,
            ManualClock clock) {
        return new SinkPipeline(
                "orders-0",
                context,
                new RecordTranslator(
                        Translations.of("tombstones", options.tombstones.name().toLowerCase(Locale.ROOT)), "orders"),
                link,
                new RejectReporter("orders-0", reporter, options.toleratesAll, false),
                new PublishSettings(
                        DeliveryGuarantee.AT_LEAST_ONCE,
                        PublishMode.ASYNC,
                        options.window,
                        options.maxBytes,
                        ACK_TIMEOUT,
                        options.retryTimeout),
                rate,
                metrics,
                clock);
    }

    /** The rate of an infinitely fast link. */
    static LinkRate fast(long maxBytes) {
        LinkRate rate = new LinkRate(maxBytes);
        rate.acked(1L << 40, 1);
        return rate;
    }

    void open(TopicPartition... partitions) {
        context.assign(List.of(partitions));
        pipeline.open(List.of(partitions));
    }

    void close(TopicPartition... partitions) {
        pipeline.close(List.of(partitions));
        context.revoke(List.of(partitions));
    }

    /** A new epoch in which nothing was stored yet. */
    FakePublisher connect() {
        FakePublisher publisher = new FakePublisher(clock, window);
        link.open(publisher);
        return publisher;
    }

    /** A new epoch that has stored a first record, so that its window is open. That record has an offset of its own. */
    FakePublisher connectAndProve() throws InterruptedException {
        FakePublisher publisher = connect();
        put("proof");
        publisher.ack("proof");
        put();
        return publisher;
    }

    /** Records of {@link #P0} with these values and the next offsets; null is a tombstone. */
    void put(@Nullable String... values) throws InterruptedException {
        List<SinkRecord> records = new ArrayList<>();
        for (String value : values) {
            records.add(record(P0, nextOffset++, value));
        }
        pipeline.put(records);
    }

    /** Connect's call when the poll brought nothing. */
    void put() throws InterruptedException {
        pipeline.put(List.of());
    }

    void put(SinkRecord... records) throws InterruptedException {
        pipeline.put(List.of(records));
    }

    /** Returns the offset of {@link #P0} that may be committed after everything put so far was consumed. */
    long committable() {
        return committable(P0, nextOffset);
    }

    long committable(TopicPartition partition, long consumed) {
        return pipeline.preCommit(Map.of(partition, new OffsetAndMetadata(consumed)))
                .get(partition)
                .offset();
    }

    /** The offset of the next record of {@link #P0}. */
    long nextOffset() {
        return nextOffset;
    }

    static SinkRecord record(TopicPartition partition, long offset, @Nullable String value) {
        return new SinkRecord(partition.topic(), partition.partition(), null, null, null, value, offset);
    }
}
