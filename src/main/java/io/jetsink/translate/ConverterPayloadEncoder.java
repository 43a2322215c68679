package io.jetsink.translate;

import io.jetsink.config.PluginSettings;
import io.jetsink.message.ErrorCode;
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
 * Encodes any value with a Connect converter ({@code payload.converter}).
 *
 * <p>Headers that the converter adds, such as the id of a schema, become headers of the message. They replace the record's
 * headers of the same name, which describe the value in Kafka. A consumer that reads the first value of a name would
 * otherwise use the wrong schema.
 *
 * <p>Used by one thread.
 */
final class ConverterPayloadEncoder implements PayloadEncoder {
    private final String key;
    private final Converter converter;

    /** @throws ConfigException naming the key, if the converter cannot be created or configured */
    ConverterPayloadEncoder(PluginSettings chosen) {
        this.key = chosen.key();
        // instance() does not configure. Many converters also convert headers, so configure() needs the kind.
        this.converter = chosen.instance(Converter.class);
        try {
            converter.configure(chosen.own(), false);
        } catch (RuntimeException e) {
            throw closed(new ConfigException(ErrorCode.UNUSABLE_CLASS.text(
                    key + ": " + chosen.name() + " cannot be configured: " + e.getMessage())));
        } catch (Error e) {
            throw closed(e);
        }
    }

    private <T extends Throwable> T closed(T failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        RecordHeaders added = new RecordHeaders();
        byte[] payload = convert(record, added);
        if (payload == null) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    key + ": " + converter.getClass().getName() + " returned no payload for the value: change " + key
                            + ", or the value with a transform.");
        }
        replace(added, headers);
        return payload;
    }

    /** Sets the first value of each name and adds further values. */
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
            // Kafka's counterpart of Connect's exception.
            throw new RetriableException(key + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw PluginGuard.verdict(key, converter, e);
        } catch (StackOverflowError e) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    key + ": the value is nested too deeply for "
                            + converter.getClass().getName()
                            + ": flatten it with a transform, or change payload.encoder.");
        }
    }

    @Override
    public void close() {
        // In older versions of Connect a converter is not always closeable.
        Object closing = converter;
        if (closing instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new KafkaException(key + ": " + closing.getClass().getName() + " cannot be closed", e);
            }
        }
    }
}
