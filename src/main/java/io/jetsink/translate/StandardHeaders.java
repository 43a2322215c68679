package io.jetsink.translate;

import io.jetsink.config.HeaderSettings;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.translate.text.HeaderEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The mappers of {@code header.mapper=standard}, one for each configured kind of header. */
final class StandardHeaders {
    /** The W3C trace context. */
    private static final Set<String> TRACE = Set.of("traceparent", "tracestate", "baggage");

    private StandardHeaders() {}

    /** Returns the mappers in the order of their calls. Headers of the connector replace those of the record. */
    static List<BiConsumer<SinkRecord, MessageHeaders>> of(HeaderSettings settings) {
        List<BiConsumer<SinkRecord, MessageHeaders>> mappers = new ArrayList<>();
        if (!settings.include().isEmpty()) {
            mappers.add(fromKafka(settings));
        }
        if (settings.trace()) {
            mappers.add(StandardHeaders::addTrace);
        }
        if (settings.coordinates()) {
            mappers.add(StandardHeaders::addCoordinates);
        }
        String key = settings.key();
        if (key != null) {
            ValueText text = new ValueText("The key", HeaderSettings.KEY_CONFIG);
            mappers.add((record, headers) -> {
                if (record.key() != null) {
                    headers.set(key, text.of(record.keySchema(), record.key()));
                }
            });
        }
        if (settings.schema()) {
            mappers.add(StandardHeaders::addSchema);
        }
        return mappers;
    }

    private static BiConsumer<SinkRecord, MessageHeaders> fromKafka(HeaderSettings settings) {
        HeaderNamePattern[] include = HeaderNamePattern.all(settings.include());
        HeaderNamePattern[] exclude = HeaderNamePattern.all(settings.exclude());
        // Another mapper adds these.
        Set<String> others = settings.trace() ? TRACE : Set.of();
        ValueText text = new ValueText("A header", HeaderSettings.EXCLUDE_CONFIG);
        return (record, headers) -> {
            if (record.headers().isEmpty()) {
                return;
            }
            for (Header header : record.headers()) {
                String name = header.key();
                if (HeaderNamePattern.anyMatches(include, name)
                        && !HeaderNamePattern.anyMatches(exclude, name)
                        && !others.contains(name)) {
                    headers.add(name, text.of(header.schema(), header.value()));
                }
            }
        };
    }

    /** Values that are not printable ASCII are invalid in the trace context and are left out. */
    private static void addTrace(SinkRecord record, MessageHeaders headers) {
        if (record.headers().isEmpty()) {
            return;
        }
        for (String name : TRACE) {
            @Nullable Header last = record.headers().lastWithName(name);
            @Nullable Object value = last == null ? null : last.value();
            byte[] bytes = ValueText.bytes(value);
            @Nullable
            String text = bytes != null
                    ? new String(bytes, StandardCharsets.ISO_8859_1)
                    : value instanceof String string ? string : null;
            if (text != null && !text.isEmpty() && HeaderEncoding.survives(text)) {
                headers.set(name, text);
            }
        }
    }

    private static void addCoordinates(SinkRecord record, MessageHeaders headers) {
        headers.set("Kafka-Topic", record.originalTopic());
        headers.set("Kafka-Partition", Integer.toString(record.originalKafkaPartition()));
        headers.set("Kafka-Offset", Long.toString(record.originalKafkaOffset()));
        @Nullable Long timestamp = record.timestamp();
        if (timestamp != null) {
            headers.set("Kafka-Timestamp", timestamp.toString());
        }
    }

    private static void addSchema(SinkRecord record, MessageHeaders headers) {
        @Nullable Schema schema = record.valueSchema();
        if (schema == null) {
            return;
        }
        @Nullable String name = schema.name();
        if (name != null) {
            headers.set("Kafka-Schema-Name", name);
        }
        @Nullable Integer version = schema.version();
        if (version != null) {
            headers.set("Kafka-Schema-Version", version.toString());
        }
    }
}
