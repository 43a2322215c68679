package io.jetsink.publish.once;

import io.jetsink.nats.stream.StreamErrorException;
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
 * The markers of all partitions of a batch, on their way from the stream's leader.
 *
 * @param answers one for each partition
 * @param refusal why the batch was refused, or null if its commit was not answered
 */
record MarkerReading(
        Map<Claim, CompletableFuture<Message>> answers,
        @Nullable StreamErrorException refusal) {

    /** @throws IllegalStateException if the connection accepts no more */
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

    /** Completes when all answers are there, or one failed. */
    CompletableFuture<?> all() {
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new));
    }

    /**
     * Returns the markers when all answers are there.
     *
     * @throws CompletionException if one was not answered
     * @throws IOException if the server has refused one, or one is not a marker
     */
    Map<Claim, Marker> found() throws IOException {
        Map<Claim, Marker> found = new LinkedHashMap<>();
        for (Map.Entry<Claim, CompletableFuture<Message>> read : answers.entrySet()) {
            found.put(read.getKey(), Marker.read(read.getValue().join()));
        }
        return found;
    }

    /** Whether each marker is the one that the claim is to replace next. */
    static boolean isUnchanged(Map<Claim, Marker> found) {
        return found.entrySet().stream().allMatch(entry -> isUnchanged(entry.getKey(), entry.getValue()));
    }

    /** Whether markers were removed from the stream, and none that is left proves that the batch is not stored. */
    static boolean leavesOpen(Map<Claim, Marker> found) {
        return found.values().stream().anyMatch(Marker::isAbsent)
                && found.entrySet().stream().noneMatch(entry -> isUnchanged(entry.getKey(), entry.getValue()));
    }

    private static boolean isUnchanged(Claim claim, Marker found) {
        return !found.isAbsent() && found.sequence() == claim.expected();
    }
}
