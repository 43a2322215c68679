package io.jetsink;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.SinkConfig;
import io.jetsink.delivery.RejectReporter;
import io.jetsink.delivery.SinkPipeline;
import io.jetsink.message.ErrorCode;
import io.jetsink.metrics.MetricRegistration;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OtherVersions;
import io.jetsink.publish.GracePeriod;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.ReconnectingSupervisor;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the pipeline at start, forwards Connect's calls to it, and closes it.
 *
 * <p>{@code start} returns before there is a connection. An unreachable server is an outage and not an error: the task
 * retries until the server is back.
 */
public final class NatsJetStreamSinkTask extends SinkTask {
    /** Number of the task, set by the connector. Users do not set it. */
    static final String TASK_KEY = "jetsink.task";

    private static final Logger LOG = LoggerFactory.getLogger(NatsJetStreamSinkTask.class);
    private static final Duration STOP = Duration.ofMillis(500);

    private final GracePeriod grace;
    private final LongSupplier clock;
    private final WorkerVersion worker;
    private @Nullable SinkPipeline pipeline;
    private @Nullable ReconnectingSupervisor link;
    private @Nullable RecordTranslator translator;
    private @Nullable MetricRegistration registration;
    private @Nullable TaskMetrics counters;
    private String name = "";

    public NatsJetStreamSinkTask() {
        this(GracePeriod.DEFAULT, System::nanoTime);
    }

    /** @param worker the worker that runs this task */
    NatsJetStreamSinkTask(WorkerVersion worker) {
        this(GracePeriod.DEFAULT, System::nanoTime, worker);
    }

    /**
     * @param grace how long a misconfiguration has to last until the task fails
     * @param clock of the link, in nanoseconds
     */
    NatsJetStreamSinkTask(GracePeriod grace, LongSupplier clock) {
        this(grace, clock, WorkerVersion.current());
    }

    private NatsJetStreamSinkTask(GracePeriod grace, LongSupplier clock, WorkerVersion worker) {
        this.grace = grace;
        this.clock = clock;
        this.worker = worker;
    }

    /** Returns the link of a task that runs. */
    @Nullable
    ReconnectingSupervisor link() {
        return link;
    }

    @Override
    public String version() {
        return Version.current();
    }

    /**
     * @throws ConnectException if this worker is too old, or if a jar beside the connector hides the connector's own version of
     *     a library
     */
    @Override
    public void start(Map<String, String> props) {
        worker.check();
        try {
            begin(props);
        } catch (LinkageError e) {
            String text = OtherVersions.text(e);
            if (text == null) {
                throw e;
            }
            throw new ConnectException(ErrorCode.OTHER_LIBRARY.text(text), e);
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
        TaskMetrics metrics = new TaskMetrics(config.metrics());
        LinkRate rate = new LinkRate(publish.maxPendingBytes());
        PublishStrategy publishers = PublishStrategies.of(name, config, records.subjectFilters(), rate);
        NatsConnector connector =
                new NatsConnector(config.connection(), name, publish.ackTimeout(), 2 * publish.maxPending());
        ReconnectingSupervisor opened = new ReconnectingSupervisor(
                name, connector, publishers, config.connection(), grace, metrics.link(), clock);
        boolean exactlyOnce = publish.guarantee() == DeliveryGuarantee.EXACTLY_ONCE;
        boolean tolerateAll = "all".equalsIgnoreCase(own.get("errors.tolerance"));
        pipeline = new SinkPipeline(
                name,
                context,
                records,
                opened,
                new RejectReporter(name, context.errantRecordReporter(), tolerateAll, exactlyOnce),
                publish,
                rate,
                metrics,
                System::nanoTime);
        this.name = name;
        counters = metrics;
        link = opened;
        registration = MetricRegistration.of(name, context, config.connectorName(), task == null ? "0" : task, metrics);
        opened.open();
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        started().open(partitions);
        registered().open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            started().put(records);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException(
                    ErrorCode.NOT_CLOSED.text("interrupted while publishing; records without an ack are not committed"),
                    e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        registered().retry();
        return started().preCommit(currentOffsets);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        started().close(partitions);
        registered().close(partitions);
    }

    /** Connect calls this after a failed start, too. */
    @Override
    public void stop() {
        if (registration != null) {
            registration.close();
        }
        if (link != null) {
            link.close(STOP);
        }
        link = null;
        if (translator != null) {
            translator.close();
        }
        translator = null;
        if (counters != null && pipeline != null) {
            LOG.info("{}: stopped. {}, longest stall: {} ms", name, counters.summary(), pipeline.longestStallMillis());
        }
        counters = null;
    }

    private MetricRegistration registered() {
        return Objects.requireNonNull(registration, "the task was not started");
    }

    private SinkPipeline started() {
        return Objects.requireNonNull(pipeline, "the task was not started");
    }
}
