package io.jetsink.publish;

import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The markers of all partitions in a refused batch, on their way from the stream's leader.
 *
 * @param answers one for each partition
 * @param refusal why the batch was refused, or null if because of a marker
 */
record MarkerReading(
        Map<Claim, CompletableFuture<Message>> answers,
        @Nullable StreamErrorException refusal) {

    /** @throws IllegalStateException if the connection takes no more */
    static MarkerReading of(
            AtomicBatch batch, @Nullable StreamErrorException refusal, Connection connection, ExactlyOnce task) {
        Map<Claim, CompletableFuture<Message>> answers = new LinkedHashMap<>();
        for (Claim claim : batch.claims()) {
            answers.put(
                    claim,
                    connection
                            .requestWithTimeout(task.getSubject(), Marker.request(claim.subject()), task.timeout())
                            .orTimeout(task.timeout().toNanos(), TimeUnit.NANOSECONDS));
        }
        return new MarkerReading(answers, refusal);
    }

    boolean isDone() {
        return answers.values().stream().allMatch(CompletableFuture::isDone);
    }

    /** Completes when all of them are there, or one is not to be had. */
    CompletableFuture<?> all() {
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new));
    }

    /**
     * What was read, when all of them are there.
     *
     * @throws CompletionException if one is not to be had
     * @throws IOException if the server has refused one, or it is none
     */
    Map<Claim, Marker> found() throws IOException {
        Map<Claim, Marker> found = new LinkedHashMap<>();
        for (Map.Entry<Claim, CompletableFuture<Message>> read : answers.entrySet()) {
            found.put(read.getKey(), Marker.read(read.getValue().join()));
        }
        return found;
    }
}
