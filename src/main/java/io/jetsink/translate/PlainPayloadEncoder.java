package io.jetsink.translate;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.Surrogates;
import io.jetsink.translate.text.TypeName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Encodes bytes as they are and strings as UTF-8. Another encoder encodes all other values.
 *
 * <p>A string with half a surrogate pair has no UTF-8 and is rejected.
 *
 * <p>Used by one thread.
 */
final class PlainPayloadEncoder implements PayloadEncoder {
    private final Supplier<PayloadEncoder> factory;
    private @Nullable PayloadEncoder other;

    /**
     * @param factory creates the other encoder when a record first requires it, so that a connector for bytes loads no JSON
     *     library
     */
    PlainPayloadEncoder(Supplier<PayloadEncoder> factory) {
        this.factory = factory;
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        Object value = record.value();
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof String text) {
            return utf8(text);
        }
        if (value instanceof ByteBuffer buffer) {
            return bytes(buffer);
        }
        PayloadEncoder encoder = other;
        if (encoder == null) {
            encoder = factory.get();
            other = encoder;
        }
        return encoder.encode(record, headers);
    }

    /** Rejects a value that is neither bytes nor a string. */
    static byte[] refuse(SinkRecord record, MessageHeaders headers) {
        throw new RejectedRecordException(
                ErrorCode.PAYLOAD,
                "The value is a " + TypeName.of(record.value())
                        + ", and payload.encoder is raw, which encodes bytes and strings only: set payload.encoder to"
                        + " auto or json.");
    }

    /** Copies the remaining bytes of a buffer without changing its position. */
    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** @throws RejectedRecordException if the text has no UTF-8 */
    static byte[] utf8(String text) {
        if (!Surrogates.arePaired(text)) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value is a string with half a surrogate pair, which has no"
                            + " form in UTF-8: set payload.encoder to json, which escapes it.");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
