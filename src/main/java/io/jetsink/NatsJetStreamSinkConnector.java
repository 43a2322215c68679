package io.jetsink;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.publish.once.OffsetAlteration;
import io.jetsink.translate.RecordTranslator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka Connect sink that publishes Kafka topics into NATS JetStream. */
public final class NatsJetStreamSinkConnector extends SinkConnector {
    private static final Logger LOG = LoggerFactory.getLogger(NatsJetStreamSinkConnector.class);
    /**
     * A server takes 50 open batches for each stream (nats-server 2.12 and later): two of each task, and other writers have
     * some.
     */
    private static final int MANY_TASKS = 20;

    private Map<String, String> props = Map.of();

    @Override
    public String version() {
        return Version.current();
    }

    @Override
    public ConfigDef config() {
        return SinkConfig.definition();
    }

    @Override
    public Class<? extends Task> taskClass() {
        return NatsJetStreamSinkTask.class;
    }

    /**
     * Errors of all keys at once, each at its key. Never throws. Opens a connection only with {@code preflight=validate},
     * and only if nothing else is wrong.
     */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        List<ConfigValue> values = new ArrayList<>(SinkConfig.validate(connectorConfigs));
        Map<String, ConfigValue> byName = new HashMap<>();
        values.forEach(value -> byName.put(value.name(), value));
        SubjectValidation.run(byName);
        if (values.stream().allMatch(value -> value.errorMessages().isEmpty())) {
            LiveValidation.run(connectorConfigs, byName);
        }
        return new Config(values);
    }

    @Override
    public void start(Map<String, String> connectorProps) {
        SinkConfig.parse(connectorProps);
        props = new HashMap<>(connectorProps);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        if (maxTasks > MANY_TASKS && PublishSettings.isExactlyOnce(props)) {
            LOG.warn(
                    "tasks.max={} with delivery.guarantee=exactly-once: each task has up to two batches open in the"
                            + " stream, and a server takes 50 of them by default; the others wait",
                    maxTasks);
        }
        List<Map<String, String>> configs = new ArrayList<>(maxTasks);
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> config = new HashMap<>(props);
            config.put(NatsJetStreamSinkTask.TASK_KEY, Integer.toString(task));
            configs.add(config);
        }
        return configs;
    }

    @Override
    public void stop() {
        props = Map.of();
    }

    /**
     * With exactly-once the stream holds offsets as well, and its markers are moved. Otherwise they live in Kafka alone, so
     * any change of them is fine: the records are published again from there.
     *
     * @param offsets null for a partition means reset
     * @throws ConnectException if it cannot be done; Connect then leaves its own offsets alone
     */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        if (PublishSettings.isExactlyOnce(connectorConfig)) {
            SinkConfig config = SinkConfig.parse(connectorConfig);
            try (RecordTranslator translator = new RecordTranslator(config.translation(), config.connectorName());
                    OffsetAlteration altering = new OffsetAlteration(config, translator.subjectFilters())) {
                altering.alter(offsets);
            }
        }
        return true;
    }
}
