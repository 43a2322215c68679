package io.jetsink;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.JetStreamSettings.PreflightMode;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.jetsink.publish.once.OffsetAlteration;
import io.jetsink.publish.preflight.ValidationPreflight;
import io.jetsink.translate.RecordTranslator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connector itself, behind {@link NatsJetStreamSinkConnector}, which older versions of Java can load. */
public final class JetStreamSinkConnector implements ConnectorMethods {
    private static final Logger LOG = LoggerFactory.getLogger(JetStreamSinkConnector.class);
    /** A server accepts 50 open batches for each stream (nats-server 2.12 and later). A task has two, other writers some. */
    private static final int MANY_TASKS = 20;
    /** The key of Connect that names this class. */
    private static final String CLASS_KEY = "connector.class";

    /** The key of Connect that names the connector. */
    private static final String NAME_KEY = "name";

    private final WorkerVersion worker;
    private Map<String, String> props = Map.of();

    public JetStreamSinkConnector() {
        this(WorkerVersion.current());
    }

    JetStreamSinkConnector(WorkerVersion worker) {
        this.worker = worker;
    }

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
     * Returns the errors of all keys at once, each at its key. Never throws. Opens a connection only with {@code
     * preflight=validate}, and only if nothing else is wrong. Logs warnings, for which Connect's validation has no place.
     */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        String name = name(connectorConfigs);
        return validate(
                connectorConfigs, (key, warning) -> LOG.warn("{} {}: {}", warning.code(), name, warning.text()));
    }

    /**
     * Returns the same errors, and passes on warnings instead of logging them.
     *
     * @param warnings receives each problem that does not make the configuration invalid, with its key
     */
    public Config validate(Map<String, String> connectorConfigs, BiConsumer<String, Problem> warnings) {
        List<ConfigValue> values = new ArrayList<>(SinkConfig.validate(connectorConfigs));
        Map<String, ConfigValue> byName = new HashMap<>();
        values.forEach(value -> byName.put(value.name(), value));
        SubjectValidation.run(byName);
        String tooOld = worker.problem();
        if (tooOld != null) {
            // Connect shows a value of its own keys, too.
            values.add(new ConfigValue(
                    CLASS_KEY, connectorConfigs.get(CLASS_KEY), List.of(), List.of(ErrorCode.OLD_WORKER.text(tooOld))));
        }
        if (values.stream().allMatch(value -> value.errorMessages().isEmpty())) {
            validateLive(connectorConfigs, byName, warnings);
        }
        return new Config(values);
    }

    /** Adds the problems that the server has with a configuration that is valid in itself. */
    private static void validateLive(
            Map<String, String> props, Map<String, ConfigValue> values, BiConsumer<String, Problem> warnings) {
        SinkConfig config = SinkConfig.parse(props);
        if (config.preflight() != PreflightMode.VALIDATE) {
            return;
        }
        try (RecordTranslator translator = new RecordTranslator(config.translation(), config.connectorName())) {
            ValidationPreflight.run(config, translator.subjectFilters(), warnings)
                    .forEach(problem -> value(problem.key(), values)
                            .addErrorMessage(problem.problem().coded()));
        } catch (ConfigException ofPlugin) {
            // The message of a plug-in already names the offending key.
            value(JetStreamSettings.PREFLIGHT_CONFIG, values).addErrorMessage(String.valueOf(ofPlugin.getMessage()));
        }
    }

    private static String name(Map<String, String> props) {
        return String.valueOf(props.get(NAME_KEY));
    }

    private static ConfigValue value(String key, Map<String, ConfigValue> values) {
        return Objects.requireNonNull(values.get(key), key);
    }

    /** @throws ConnectException if this worker is too old */
    @Override
    public void start(Map<String, String> connectorProps) {
        worker.check();
        SinkConfig.parse(connectorProps);
        props = new HashMap<>(connectorProps);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        if (maxTasks > MANY_TASKS && PublishSettings.isExactlyOnce(props)) {
            LOG.warn(
                    "{} {}: tasks.max={} with delivery.guarantee=exactly-once: each task opens up to two batches in the stream, and"
                            + " nats-server accepts 50 for each stream by default, so tasks wait for each other: set"
                            + " tasks.max to {} or less",
                    ErrorCode.MANY_TASKS,
                    name(props),
                    maxTasks,
                    MANY_TASKS);
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
     * Accepts any change of offsets: the records are published again from there. With exactly-once the stream has offset
     * markers, too, which are moved.
     *
     * @param offsets the new offset of each partition, or null to reset it
     * @throws ConnectException if the markers cannot be moved; Connect then does not change its own offsets
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
