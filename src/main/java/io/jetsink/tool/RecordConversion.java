package io.jetsink.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records that the connector's task would get: with the converters of the connector, or else of the worker, and
 * with the transforms and predicates of the connector.
 */
final class RecordConversion implements AutoCloseable {
    private static final String KEY = "key.converter";
    private static final String VALUE = "value.converter";
    private static final String HEADER = "header.converter";
    /** Connect's own default. */
    private static final String DEFAULT_HEADER = "org.apache.kafka.connect.storage.SimpleHeaderConverter";

    private final ConnectorConfig connector;
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final List<Finding> problems = new ArrayList<>();
    private final @Nullable Converter keys;
    private final @Nullable Converter values;
    private final @Nullable HeaderConverter headers;
    private final List<TransformStage> transforms = new ArrayList<>();

    /** Creates and configures all parts. {@link #problems} has those that failed. */
    RecordConversion(ConnectorConfig connector) {
        this.connector = connector;
        this.keys = part(KEY, () -> converter(KEY, true));
        this.values = part(VALUE, () -> converter(VALUE, false));
        this.headers = part(HEADER, this::headerConverter);
        for (String name : ConfigTexts.list(connector.get("transforms"))) {
            TransformStage stage = part("transforms." + name, () -> TransformStage.of(name, connector));
            if (stage != null) {
                transforms.add(stage);
            }
        }
    }

    private <T> @Nullable T part(String key, Supplier<@Nullable T> create) {
        try {
            T created = create.get();
            // In older versions of Connect a converter is not always closeable.
            if (created instanceof AutoCloseable closeable) {
                closeables.add(closeable);
            }
            return created;
        } catch (ToolException e) {
            String known = e.key();
            problems.add(new Finding(known == null ? key : known, Failures.describe(e)));
        } catch (KafkaException | LinkageError e) {
            problems.add(new Finding(key, key + " cannot be used: " + Failures.describe(e)));
        }
        return null;
    }

    private @Nullable Converter converter(String key, boolean isKey) {
        Map<String, String> settings = settings(key);
        String type = settings.get(key);
        if (type == null) {
            return null;
        }
        Converter converter = connector.classes().create(key, type, Converter.class);
        converter.configure(ConfigTexts.withPrefix(settings, key + "."), isKey);
        return converter;
    }

    private HeaderConverter headerConverter() {
        Map<String, String> settings = settings(HEADER);
        String type = settings.getOrDefault(HEADER, DEFAULT_HEADER);
        HeaderConverter converter = connector.classes().create(HEADER, type, HeaderConverter.class);
        Map<String, Object> own = ConfigTexts.withPrefix(settings, HEADER + ".");
        own.put(ConverterConfig.TYPE_CONFIG, ConverterType.HEADER.getName());
        converter.configure(own);
        return converter;
    }

    /** Returns the configuration that names a converter: the connector's, or else the worker's. */
    private Map<String, String> settings(String key) {
        return connector.get(key) == null ? connector.worker().all() : connector.properties();
    }

    /** Returns the parts of the configuration that cannot be used. */
    List<Finding> problems() {
        return problems;
    }

    /**
     * Ensures that records can be converted.
     *
     * @throws ToolException if a part cannot be used
     * @throws UsageException if neither the connector nor a worker names a converter
     */
    void require() {
        if (!problems.isEmpty()) {
            throw new ToolException(problems.get(0).message(), null);
        }
        for (String key : List.of(KEY, VALUE)) {
            if (settings(key).get(key) == null) {
                throw new UsageException("the connector has no " + key
                        + ": name the properties of its worker, which have the default (--worker FILE)");
            }
        }
    }

    /**
     * Converts and transforms a record, as the worker does.
     *
     * @return null if a transform or predicate drops the record
     * @throws ConversionException if a converter or transform fails
     */
    @Nullable
    SinkRecord convert(ConsumerRecord<byte[], byte[]> record) {
        SchemaAndValue key = step(KEY, () -> convert(keys, record, record.key()));
        SchemaAndValue value = step(VALUE, () -> convert(values, record, record.value()));
        Headers all = step(HEADER, () -> headers(record));
        boolean timed = record.timestampType() != TimestampType.NO_TIMESTAMP_TYPE && record.timestamp() >= 0;
        SinkRecord converted = new SinkRecord(
                record.topic(),
                record.partition(),
                key.schema(),
                key.value(),
                value.schema(),
                value.value(),
                record.offset(),
                timed ? (Long) record.timestamp() : null,
                record.timestampType(),
                all);
        for (TransformStage transform : transforms) {
            SinkRecord before = converted;
            SinkRecord after = step(transform.key(), () -> transform.apply(before));
            if (after == null) {
                return null;
            }
            converted = after;
        }
        return converted;
    }

    private static SchemaAndValue convert(
            @Nullable Converter converter, ConsumerRecord<byte[], byte[]> record, byte @Nullable [] data) {
        if (converter == null) {
            throw new IllegalStateException("not ready");
        }
        return converter.toConnectData(record.topic(), record.headers(), data);
    }

    private Headers headers(ConsumerRecord<byte[], byte[]> record) {
        Headers converted = new ConnectHeaders();
        HeaderConverter converter = headers;
        if (converter == null) {
            throw new IllegalStateException("not ready");
        }
        for (Header header : record.headers()) {
            converted.add(header.key(), converter.toConnectHeader(record.topic(), header.key(), header.value()));
        }
        return converted;
    }

    private static <T extends @Nullable Object> T step(String key, Supplier<T> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            throw new ConversionException(key, e);
        }
    }

    @Override
    public void close() {
        closeables.forEach(part -> Utils.closeQuietly(part, "converter or transform"));
    }
}
