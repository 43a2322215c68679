package io.jetsink.translate;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.Surrogates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Bytes and strings as they are, and another encoder for everything else.
 *
 * <p>Strings become UTF-8. One with half a surrogate pair has no UTF-8 form; it is refused rather than altered.
 */
final class PlainPayloadEncoder implements PayloadEncoder {
    private final PayloadEncoder others;

    PlainPayloadEncoder(PayloadEncoder others) {
        this.others = others;
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
        return others.encode(record, headers);
    }

    /** In the place of another encoder, where there is none. */
    static byte[] refuse(SinkRecord record, MessageHeaders headers) {
        throw new RejectedRecordException(
                "The value is a " + record.value().getClass().getName()
                        + ", and payload.encoder is raw, which takes bytes and strings only: set it to auto or json.");
    }

    /** A copy of what is left in a buffer, which stays as it is. */
    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** @throws RejectedRecordException if there is no such form */
    static byte[] utf8(String text) {
        if (!Surrogates.arePaired(text)) {
            throw new RejectedRecordException("The value is a string with half a surrogate pair, which has no"
                    + " form in UTF-8: set payload.encoder to json, which escapes it.");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
