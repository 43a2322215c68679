package io.jetsink.translate;

import io.jetsink.config.PluginSettings;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.HeaderEncoding;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;

/**
 * Any value by a Connect converter ({@code payload.converter}), as it would write it into Kafka. Headers that the
 * converter adds, such as the id of a schema, become headers of the message. They replace the record's headers of the same
 * name, which describe the value as it was in Kafka: a reader of the first value of a name would use the wrong schema.
 *
 * <p>Threads: used by one thread.
 */
final class ConverterPayloadEncoder implements PayloadEncoder {
    private final String key;
    private final Converter converter;

    /** @throws ConfigException naming the key, if the converter cannot be made */
    ConverterPayloadEncoder(PluginSettings chosen) {
        this.key = chosen.key();
        // Not configured by the way: many converters are Configurable for headers, too, and need to be told which it
        // is.
        this.converter = chosen.instance(Converter.class);
        try {
            converter.configure(chosen.own(), false);
        } catch (RuntimeException e) {
            ConfigException refused =
                    new ConfigException(key + ": " + chosen.name() + " cannot be configured: " + e.getMessage());
            try {
                close();
            } catch (RuntimeException alsoThrown) {
                refused.addSuppressed(alsoThrown);
            }
            throw refused;
        } catch (Error e) {
            try {
                close();
            } catch (RuntimeException alsoThrown) {
                e.addSuppressed(alsoThrown);
            }
            throw e;
        }
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        RecordHeaders added = new RecordHeaders();
        byte[] payload = convert(record, added);
        if (payload == null) {
            throw new RejectedRecordException(
                    key + ": " + converter.getClass().getName() + " made nothing of the value");
        }
        replace(added, headers);
        return payload;
    }

    /** The first value of a name replaces what the message has, further ones are added. */
    private static void replace(RecordHeaders added, MessageHeaders headers) {
        Set<String> seen = null;
        for (Header header : added) {
            if (header.value() == null) {
                continue;
            }
            seen = seen == null ? new HashSet<>() : seen;
            if (seen.add(header.key())) {
                headers.set(header.key(), HeaderEncoding.value(header.value()));
            } else {
                headers.add(header.key(), header.value());
            }
        }
    }

    private byte[] convert(SinkRecord record, RecordHeaders added) {
        try {
            return converter.fromConnectData(record.topic(), added, record.valueSchema(), record.value());
        } catch (org.apache.kafka.common.errors.RetriableException e) {
            // Kafka's own form of what Connect's says: something is not there for now.
            throw new RetriableException(key + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw PluginGuard.verdict(key, converter, e);
        } catch (StackOverflowError e) {
            throw new RejectedRecordException(key + ": the value is nested too deeply for "
                    + converter.getClass().getName() + ": flatten it with a transform, or change payload.encoder.");
        }
    }

    @Override
    public void close() {
        // Only newer versions of Connect say of every converter that it can be closed.
        Object made = converter;
        if (made instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new KafkaException(key + ": " + made.getClass().getName() + " cannot be closed", e);
            }
        }
    }
}
