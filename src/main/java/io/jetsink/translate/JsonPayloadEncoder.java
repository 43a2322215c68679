package io.jetsink.translate;

import io.jetsink.config.PayloadSettings;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Encodes any value as JSON, as {@link JsonValues} defines.
 *
 * <p>Used by one thread.
 */
final class JsonPayloadEncoder implements PayloadEncoder {
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonValues values;

    JsonPayloadEncoder(PayloadSettings settings) {
        this.values = new JsonValues(settings);
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        return buffer.document(out -> values.write(out, record.valueSchema(), record.value(), 0));
    }
}
