package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Writes one JSON document after another, in UTF-8.
 *
 * <p>Used by one thread.
 */
final class JsonBuffer {
    /**
     * The largest payload of a server with the default {@code max_pending}. The size of the record is not a limit, because a
     * few of its bytes can become a thousand bytes of JSON.
     */
    static final int MAX_BYTES = 64 << 20;

    /** A larger buffer is not kept for the next record. */
    private static final int KEPT_BYTES = 1 << 20;

    private final JsonFactory json = JsonFactory.builder()
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(JsonValues.MAX_DEPTH)
                    .build())
            // The shortest text that is parsed as the same number, on every JDK.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private LimitedBytes bytes = new LimitedBytes();

    @FunctionalInterface
    interface Content {
        void write(JsonGenerator out) throws IOException;
    }

    /** @throws RejectedRecordException if the content cannot be written, or is too large */
    byte[] document(Content content) {
        try {
            try (JsonGenerator out = json.createGenerator(bytes)) {
                content.write(out);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD, "The value cannot be written as JSON: change payload.encoder.", e);
        } finally {
            if (bytes.size() > KEPT_BYTES) {
                bytes = new LimitedBytes();
            } else {
                bytes.reset();
            }
        }
    }

    private static final class LimitedBytes extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] more, int from, int length) {
            if (length > MAX_BYTES - count) {
                throw new RejectedRecordException(
                        ErrorCode.TOO_LARGE,
                        "The value has more than " + MAX_BYTES
                                + " bytes as JSON: make it smaller with a transform, or change payload.encoder.");
            }
            super.write(more, from, length);
        }
    }
}
