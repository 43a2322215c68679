package io.jetsink.publish.once;

import io.jetsink.nats.stream.JetStreamReply;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BatchOutcome} is waiting for. The stages of a batch that is stored at once are {@link Committing} and
 * {@link Idle}. Without a clear reply they are {@link Committing}, {@link BackingOff}, {@link ReadingMarkers}, then
 * {@link Idle} if the batch is stored or given back, or {@link BackingOff} if that is still unknown. Immutable.
 */
sealed interface Stage {
    /** Returns the batch whose outcome is open, or null. */
    default @Nullable AtomicBatch batch() {
        return null;
    }

    /** Returns the request whose reply ends the stage, or null. */
    default @Nullable CompletableFuture<?> request() {
        return null;
    }

    /** Returns how long the stage lasts without a request, in nanoseconds. */
    default long pauseNanos(long now) {
        return 0;
    }

    /** The next batch may be committed. */
    record Idle() implements Stage {}

    /** The batch was sent, with its commit. */
    record Committing(AtomicBatch batch, CompletableFuture<JetStreamReply> request) implements Stage {}

    /**
     * The offset markers of the batch are being read.
     *
     * @param refusal why the batch was refused, or null if its commit was not answered
     */
    record ReadingMarkers(AtomicBatch batch, @Nullable BatchRefusal refusal, CompletableFuture<FoundMarkers> request)
            implements Stage {}

    /** Offset markers were removed from the stream, and the records of the batch are being searched for. */
    record SearchingRecords(
            AtomicBatch batch, @Nullable BatchRefusal refusal, FoundMarkers found, CompletableFuture<Boolean> request)
            implements Stage {}

    /**
     * An attempt has failed, or an epoch has begun.
     *
     * @param batch null if the batch was given back
     * @param until time of the next attempt, on the task's clock
     */
    record BackingOff(@Nullable AtomicBatch batch, long until) implements Stage {
        @Override
        public long pauseNanos(long now) {
            return Math.max(0, until - now);
        }
    }
}
