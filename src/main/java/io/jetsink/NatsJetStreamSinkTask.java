package io.jetsink;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.SinkConfig;
import io.jetsink.delivery.RejectReporter;
import io.jetsink.delivery.SinkPipeline;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OtherVersions;
import io.jetsink.publish.EpochSupervisor;
import io.jetsink.publish.GracePeriod;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.ReconnectingSupervisor;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/**
 * Kafka Connect's face of the pipeline: builds it at start, forwards, and takes it down.
 *
 * <p>Nothing here waits on NATS: {@code start} returns before there is a connection, and an unreachable server is an outage
 * to sit out, not an error.
 */
public final class NatsJetStreamSinkTask extends SinkTask {
    /** Set by the connector for each task; not a key of users. */
    public static final String TASK_KEY = "jetsink.task";

    private static final Duration STOP = Duration.ofMillis(500);

    private final GracePeriod grace;
    private @Nullable SinkPipeline pipeline;
    private @Nullable EpochSupervisor link;
    private @Nullable RecordTranslator translator;

    /** For Connect. */
    public NatsJetStreamSinkTask() {
        this(GracePeriod.DEFAULT);
    }

    /** @param grace how long a misconfiguration has to last until the task fails */
    public NatsJetStreamSinkTask(GracePeriod grace) {
        this.grace = grace;
    }

    @Override
    public String version() {
        return Version.current();
    }

    /** @throws ConnectException if another version of a library is beside the connector, which it names */
    @Override
    public void start(Map<String, String> props) {
        try {
            begin(props);
        } catch (LinkageError e) {
            String text = OtherVersions.text(e, NatsJetStreamSinkTask.class.getClassLoader());
            if (text == null) {
                throw e;
            }
            throw new ConnectException(text, e);
        }
    }

    private void begin(Map<String, String> props) {
        Map<String, String> own = new HashMap<>(props);
        String task = own.remove(TASK_KEY);
        SinkConfig config = SinkConfig.parse(own);
        RecordTranslator records = new RecordTranslator(config.translation(), config.connectorName());
        translator = records;
        String name = config.connectorName() + (task == null ? "" : "-" + task);
        PublishSettings publish = config.publish();
        LinkRate rate = new LinkRate(publish.maxPendingBytes());
        PublishStrategy publishers = PublishStrategies.of(name, config, records.subjects(), rate);
        NatsConnector connector =
                new NatsConnector(config.connection(), name, publish.ackTimeout(), 2 * publish.maxPending());
        ReconnectingSupervisor opened =
                new ReconnectingSupervisor(name, connector, publishers, config.connection(), grace, System::nanoTime);
        boolean exactlyOnce = publish.guarantee() == DeliveryGuarantee.EXACTLY_ONCE;
        boolean tolerateAll = "all".equalsIgnoreCase(own.get("errors.tolerance"));
        pipeline = new SinkPipeline(
                context,
                records,
                opened,
                new RejectReporter(context.errantRecordReporter(), tolerateAll, exactlyOnce),
                publish,
                rate,
                System::nanoTime);
        link = opened;
        opened.open();
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        started().open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            started().put(records);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("interrupted while publishing; what is not acked stays uncommitted", e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        return started().preCommit(currentOffsets);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        started().close(partitions);
    }

    /** May come without a start, when that failed. */
    @Override
    public void stop() {
        EpochSupervisor opened = link;
        if (opened != null) {
            opened.close(STOP);
        }
        link = null;
        RecordTranslator records = translator;
        if (records != null) {
            records.close();
        }
        translator = null;
    }

    private SinkPipeline started() {
        SinkPipeline running = pipeline;
        if (running == null) {
            throw new IllegalStateException("the task was not started");
        }
        return running;
    }
}
