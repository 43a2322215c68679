package io.jetsink.publish.objects;

import io.jetsink.message.OutboundMessage;
import io.nats.client.impl.Headers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.apache.kafka.connect.sink.SinkRecord;

/** The message that stands for an object: the same subject and headers, no payload, and headers that name the object. */
public final class ObjectPointer {
    static final String BUCKET = "Jetsink-Object-Bucket";
    static final String NAME = "Jetsink-Object-Name";
    static final String SIZE = "Jetsink-Object-Size";
    /** Digest of the payload in the format of object stores. */
    public static final String DIGEST = "Jetsink-Object-Digest";

    private static final byte[] EMPTY = {};

    private ObjectPointer() {}

    /**
     * Returns the message that is published for a record with a payload that is too large.
     *
     * @param bucket name of the object store
     * @param connector name of the connector
     * @param message with the payload
     */
    public static OutboundMessage to(String bucket, String connector, SinkRecord record, OutboundMessage message) {
        ObjectNames names = new ObjectNames(bucket, connector);
        return to(names, names.of(record), message, digest(message.payload()));
    }

    static OutboundMessage to(ObjectNames names, String name, OutboundMessage message, String digest) {
        Headers headers = message.headers() == null ? new Headers() : new Headers(message.headers());
        headers.put(BUCKET, names.bucket())
                .put(NAME, name)
                .put(SIZE, Integer.toString(message.payload().length))
                .put(DIGEST, digest);
        return new OutboundMessage(message.subject(), new Headers(headers, true), EMPTY);
    }

    /** Returns the digest of a payload in the format of object stores. */
    public static String digest(byte[] payload) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(payload);
            return "SHA-256=" + Base64.getUrlEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
