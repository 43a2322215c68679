package io.jetsink.faults.mutants;

import io.jetsink.PublishStrategies;
import io.jetsink.config.MetricsSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.delivery.RejectReporter;
import io.jetsink.delivery.SinkPipeline;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.nats.NatsConnector;
import io.jetsink.publish.GracePeriod;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.ReconnectingSupervisor;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/** With each new connection it forgets what it had in hand. */
public final class ForgetfulTask extends SinkTask {
    private final Set<TopicPartition> partitions = new HashSet<>();
    private @Nullable SinkConfig config;
    private @Nullable RecordTranslator translator;
    private @Nullable ReconnectingSupervisor link;
    private @Nullable LinkRate rate;
    private final TaskMetrics metrics = new TaskMetrics(new MetricsSettings(true, false));
    private @Nullable SinkPipeline pipeline;
    private @Nullable Publisher publisher;

    @Override
    public void start(Map<String, String> props) {
        SinkConfig parsed = SinkConfig.parse(props);
        String name = parsed.connectorName();
        RecordTranslator records = new RecordTranslator(parsed.translation(), name);
        PublishSettings publish = parsed.publish();
        rate = new LinkRate(publish.maxPendingBytes());
        ReconnectingSupervisor opened = new ReconnectingSupervisor(
                name,
                new NatsConnector(parsed.connection(), name, publish.ackTimeout(), 2 * publish.maxPending()),
                PublishStrategies.of(name, parsed, records.subjectFilters(), rate),
                parsed.connection(),
                GracePeriod.DEFAULT,
                metrics.link(),
                System::nanoTime);
        config = parsed;
        translator = records;
        link = opened;
        begin();
        opened.open();
    }

    private void begin() {
        pipeline = new SinkPipeline(
                "forgetful",
                context,
                Objects.requireNonNull(translator),
                Objects.requireNonNull(link),
                new RejectReporter("orders-0", context.errantRecordReporter(), true, false),
                Objects.requireNonNull(config).publish(),
                Objects.requireNonNull(rate),
                metrics,
                System::nanoTime);
        pipeline.open(partitions);
    }

    @Override
    public void open(Collection<TopicPartition> opened) {
        partitions.addAll(opened);
        Objects.requireNonNull(pipeline).open(opened);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        Publisher now = Objects.requireNonNull(link).currentPublisher();
        if (now != null && now != publisher) {
            publisher = now;
            begin();
        }
        try {
            Objects.requireNonNull(pipeline).put(records);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException(e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> consumed) {
        return Objects.requireNonNull(pipeline).preCommit(consumed);
    }

    @Override
    public void close(Collection<TopicPartition> closed) {
        partitions.removeAll(closed);
        Objects.requireNonNull(pipeline).close(closed);
    }

    @Override
    public void stop() {
        Objects.requireNonNull(link).close(Duration.ofMillis(500));
    }

    @Override
    public String version() {
        return "forgetful";
    }
}
