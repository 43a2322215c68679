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
    private final JsonBuffer.Content value;

    JsonPayloadEncoder(PayloadSettings settings) {
        JsonValues values = new JsonValues(settings);
        this.value = (out, record) -> values.write(out, record.valueSchema(), record.value(), 0);
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        return buffer.document(record, value);
    }
}
