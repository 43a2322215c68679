package io.jetsink.publish.once;

import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;

/** Headers of the members of an atomic batch (ADR-50; nats-server 2.12.1 and later). */
public final class BatchHeaders {
    /** Bytes by which these headers enlarge a message. */
    public static final int BYTES = 100;

    private BatchHeaders() {}

    /** Makes a message with these headers a member of a batch. */
    static Headers member(Headers headers, String batch, int sequence) {
        return headers.put(NatsJetStreamConstants.NATS_BATCH_ID_HDR, batch)
                .put(NatsJetStreamConstants.NATS_BATCH_SEQUENCE_HDR, Integer.toString(sequence));
    }
}
