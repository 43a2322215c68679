package io.jetsink.publish.once;

import io.jetsink.nats.stream.JetStreamErrorException;
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
record MarkerLookup(
        Map<PartitionClaim, CompletableFuture<Message>> answers,
        @Nullable JetStreamErrorException refusal) {

    /** @throws IllegalStateException if the connection accepts no more */
    static MarkerLookup of(
            AtomicBatch batch,
            @Nullable JetStreamErrorException refusal,
            Connection connection,
            ExactlyOnceState task) {
        Map<PartitionClaim, CompletableFuture<Message>> answers = new LinkedHashMap<>();
        for (PartitionClaim claim : batch.claims()) {
            answers.put(
                    claim,
                    connection
                            .requestWithTimeout(
                                    task.getSubject(), OffsetMarker.request(claim.subject()), task.timeout())
                            .orTimeout(task.timeout().toNanos(), TimeUnit.NANOSECONDS));
        }
        return new MarkerLookup(answers, refusal);
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
    Map<PartitionClaim, OffsetMarker> found() throws IOException {
        Map<PartitionClaim, OffsetMarker> found = new LinkedHashMap<>();
        for (Map.Entry<PartitionClaim, CompletableFuture<Message>> read : answers.entrySet()) {
            found.put(read.getKey(), OffsetMarker.read(read.getValue().join()));
        }
        return found;
    }

    /** Whether each marker is the one that the claim is to replace next. */
    static boolean isUnchanged(Map<PartitionClaim, OffsetMarker> found) {
        return found.entrySet().stream().allMatch(entry -> isUnchanged(entry.getKey(), entry.getValue()));
    }

    /** Whether markers were removed from the stream, and none that is left proves that the batch is not stored. */
    static boolean leavesOpen(Map<PartitionClaim, OffsetMarker> found) {
        return found.values().stream().anyMatch(OffsetMarker::isAbsent)
                && found.entrySet().stream().noneMatch(entry -> isUnchanged(entry.getKey(), entry.getValue()));
    }

    private static boolean isUnchanged(PartitionClaim claim, OffsetMarker found) {
        return !found.isAbsent() && found.sequence() == claim.expected();
    }
}
