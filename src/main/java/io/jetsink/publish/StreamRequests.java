package io.jetsink.publish;

import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.impl.Headers;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a stream, on subjects to which other clients may reply, too. Futures have no timeout of their own. A future is
 * forgotten when it is done, by a reply or by the caller. Methods throw an {@link IllegalStateException} if the connection is
 * closed, or its queue is full.
 *
 * <p><b>Threads.</b> Any. Futures complete on the reading thread of the connection.
 */
public interface StreamRequests {
    /**
     * Publishes a message.
     *
     * @param expected whether a reply of the stream concerns this message; other replies are ignored, as foreign ones are.
     *     Null for a member of a batch: only a refusal completes the future
     */
    CompletableFuture<JetStreamReply> request(
            String subject, @Nullable Headers headers, byte[] payload, @Nullable Predicate<JetStreamReply> expected);

    /** Stores a message and returns its sequence in the stream. The future fails with a refusal. */
    default CompletableFuture<Long> store(String subject, Headers headers, byte[] payload) {
        // The ack of a batch is another message's.
        return request(subject, headers, payload, reply -> reply.batch().isEmpty())
                .thenCompose(reply -> reply.isAck()
                        ? CompletableFuture.completedFuture(reply.sequence())
                        : CompletableFuture.failedFuture(reply.cause()));
    }
}
