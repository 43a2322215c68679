package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Searches the stream for records of a batch whose offset markers were removed before the outcome of the batch was known.
 * Stored records keep the batch id ({@code Nats-Batch-Id}) and are contiguous in the stream, so that a sample of the messages
 * is enough to find them (ADR 0022, nats-server 2.15.1).
 *
 * <p><b>Threads.</b> The task thread begins a search, and threads of the connection continue it. Immutable.
 */
final class StoredSearch {
    /** Records of the batch that are looked for: some may have been removed or replaced since. */
    private static final int SAMPLES = 8;

    private static final int CONCURRENT_REQUESTS = 64;
    private static final long MAX_REQUESTS = 20_000;

    private final Connection connection;
    private final TargetStream stream;
    private final Duration timeout;
    private final Set<String> ids;
    private final String markers;
    private final int stride;
    /** Stream sequence that is lower than those of the batch. */
    private final long after;

    StoredSearch(Connection connection, ExactlyOnceState state, AtomicBatch batch) {
        this.connection = connection;
        this.stream = state.target();
        this.timeout = state.timeout();
        this.ids = batch.ids();
        this.markers = state.subjects().filter();
        this.stride = Math.max(1, batch.entries().size() / SAMPLES);
        long before = state.storedUpTo();
        for (PartitionClaim claim : batch.claims()) {
            before = Math.max(before, claim.expected());
        }
        this.after = before;
    }

    /**
     * @return whether the batch is stored; fails with an {@link IOException} if a request was not answered, and with an
     *     {@link UnrecoverableException} if the stream has stored too many messages since
     * @throws IllegalStateException if the connection accepts no more
     */
    CompletableFuture<Boolean> begin() {
        return StoredMessage.request(connection, stream.infoSubject(), "", timeout, StoredMessage::json)
                .thenCompose(info -> {
                    long last = info.path("state").path("last_seq").asLong();
                    return (last - after) / stride > MAX_REQUESTS ? tooMany(last - after) : from(after + 1, last);
                });
    }

    private CompletableFuture<Boolean> from(long first, long last) {
        if (first > last) {
            return CompletableFuture.completedFuture(false);
        }
        List<CompletableFuture<Boolean>> samples = new ArrayList<>();
        long next = first;
        for (int i = 0; i < CONCURRENT_REQUESTS && next <= last; i++) {
            samples.add(StoredMessage.request(
                    connection, stream.messageGetSubject(), StoredMessage.next(next), timeout, this::isOfBatch));
            next += stride;
        }
        long rest = next;
        return CompletableFuture.allOf(samples.toArray(CompletableFuture[]::new))
                .thenCompose(all -> samples.stream().anyMatch(CompletableFuture::join)
                        ? CompletableFuture.completedFuture(true)
                        : from(rest, last));
    }

    private boolean isOfBatch(Message reply) throws IOException {
        StoredMessage message = StoredMessage.read(reply);
        String id = message == null ? null : message.header(NatsJetStreamConstants.NATS_BATCH_ID_HDR);
        return id != null && ids.contains(id);
    }

    private CompletableFuture<Boolean> tooMany(long messages) {
        return CompletableFuture.failedFuture(
                new UnrecoverableException(
                        ErrorCode.OUTCOME_LOST,
                        "the offset markers " + markers
                                + " were removed while the ack of a batch was outstanding, and " + messages
                                + " messages were stored since, too many to search for the records of the batch: compare the stream with the"
                                + " topic, set the connector's offsets (PATCH /connectors/<name>/offsets), and restart the connector"));
    }
}
