package io.jetsink.task;

import io.jetsink.PublishStrategies;
import io.jetsink.config.SinkConfig;
import io.jetsink.delivery.RejectReporter;
import io.jetsink.delivery.SinkPipeline;
import io.jetsink.nats.NatsConnector;
import io.jetsink.publish.GracePeriod;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.ReconnectingSupervisor;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** What the connector's task consists of, with its link in sight. */
final class LinkTask extends SinkTask {
    ReconnectingSupervisor link;
    private final GracePeriod grace;
    private final LongSupplier clock;
    private SinkPipeline pipeline;

    /** @param clock of the link, in nanoseconds that only go forward */
    LinkTask(GracePeriod grace, LongSupplier clock) {
        this.grace = grace;
        this.clock = clock;
    }

    @Override
    public void start(Map<String, String> props) {
        SinkConfig config = SinkConfig.parse(props);
        RecordTranslator translator = new RecordTranslator(config.translation(), config.connectorName());
        LinkRate rate = new LinkRate(config.publish().maxPendingBytes());
        PublishStrategy publishers = PublishStrategies.of("link-0", config, translator.subjectFilters(), rate);
        NatsConnector connector = new NatsConnector(
                config.connection(),
                "link-0",
                config.publish().ackTimeout(),
                2 * config.publish().maxPending());
        link = new ReconnectingSupervisor("link-0", connector, publishers, config.connection(), grace, clock);
        pipeline = new SinkPipeline(
                context,
                translator,
                link,
                new RejectReporter(context.errantRecordReporter(), true, false),
                config.publish(),
                rate,
                System::nanoTime);
        link.open();
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        pipeline.open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            pipeline.put(records);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        return pipeline.preCommit(current);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        pipeline.close(partitions);
    }

    @Override
    public void stop() {
        link.close(Duration.ofMillis(500));
    }

    @Override
    public String version() {
        return "test";
    }
}
