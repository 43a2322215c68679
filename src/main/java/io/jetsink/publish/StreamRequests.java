package io.jetsink.publish;

import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages that a stream is to answer, on subjects that others may answer, too. Futures have no time limit of their own; one
 * that is done, by the caller or by an answer, is forgotten.
 *
 * <p><b>Threads.</b> Any. Futures complete on a thread of the connection.
 */
public interface StreamRequests {
    /**
     * Publishes a message.
     *
     * @param expected which answers of the stream are about this message; others are ignored as those of strangers are
     * @throws IllegalStateException if the connection accepts no more, or is closed
     */
    CompletableFuture<JetStreamReply> request(
            String subject, @Nullable Headers headers, byte[] payload, Predicate<JetStreamReply> expected);

    /**
     * Publishes a member of a batch.
     *
     * @return the refusal of this message; incomplete if it is not refused
     * @throws IllegalStateException if the connection accepts no more, or is closed
     */
    CompletableFuture<JetStreamReply> member(String subject, @Nullable Headers headers, byte[] payload);

    /**
     * Stores a message.
     *
     * @return its sequence in the stream; fails with the refusal
     * @throws IllegalStateException if the connection accepts no more, or is closed
     */
    default CompletableFuture<Long> store(String subject, Headers headers, byte[] payload) {
        // The ack of a batch is another message's.
        return request(subject, headers, payload, answer -> answer.batch().isEmpty())
                .thenApply(answer -> {
                    IOException refusal = answer.error();
                    if (refusal != null) {
                        throw new CompletionException(refusal);
                    }
                    return answer.sequence();
                });
    }
}
