package io.jetsink.publish.once;

import static java.util.Objects.requireNonNull;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.MessageSender;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamAdmission;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * State of an exactly-once task that outlives epochs: its claims, and the batch whose outcome is not known.
 *
 * <p><b>Threads.</b> Confined to the task thread, except {@link #opened}.
 */
public final class ExactlyOnceState {
    /** Claims that are under way at the same time: a server queues the JetStream requests of all its clients. */
    private static final int CLAIMS_AT_ONCE = 256;

    private final MarkerSubjects subjects;
    private final PublishSettings settings;
    private final ExactlyOnceSettings own;
    private final LongSupplier clock;
    private final Map<AssignedPartition, PartitionClaim> claims = new IdentityHashMap<>();

    private final LinkRate rate;
    private final MovedMarkers movedMarkers;
    private final BatchSize batchSize;

    /** The batch that was committed and whose outcome is not known. */
    private @Nullable AtomicBatch unresolved;
    /** The batch that is being filled. */
    private @Nullable AtomicBatch next;
    /** Stream sequence of the last batch that was acked, or 0. */
    private long storedUpTo;
    /** Whether the unresolved batch may have subjects that the stream no longer captures. */
    private boolean doubting;

    private volatile @Nullable TargetStream stream;
    private volatile @Nullable StreamAdmission admission;

    /** @param clock nanoseconds that only increase */
    public ExactlyOnceState(
            MarkerSubjects subjects,
            PublishSettings settings,
            ExactlyOnceSettings own,
            LinkRate rate,
            LongSupplier clock) {
        this.subjects = subjects;
        this.settings = settings;
        this.own = own;
        this.clock = clock;
        this.rate = rate;
        this.movedMarkers = new MovedMarkers(subjects);
        this.batchSize = new BatchSize(settings.mostPending(), rate);
    }

    /**
     * Opens an epoch. Called by the background thread.
     *
     * @param captured subjects that the stream is known to capture
     * @param batchLimit messages that the server accepts in a batch
     */
    public void opened(TargetStream found, CapturedSubjects captured, int batchLimit) {
        stream = found;
        // A batch with a subject that the stream does not capture is never answered, so each subject is checked.
        admission = new StreamAdmission(found, captured, true, false, this::aheadNanos);
        batchSize.opened(batchLimit);
    }

    TargetStream target() {
        return opened(stream);
    }

    boolean keepsMarkersForever() {
        return target().allowsTtl();
    }

    long nanoTime() {
        return clock.getAsLong();
    }

    int window() {
        return settings.mostPending();
    }

    long lingerNanos() {
        return own.linger().toNanos();
    }

    /** Returns the time-out of a request that is sent now: the ack timeout, and the time that the queue before it needs. */
    Duration timeout() {
        return settings.ackTimeout().plusNanos(aheadNanos());
    }

    /** Returns the nanoseconds that the batches in the queue need. */
    long aheadNanos() {
        return rate.transit(wireBytes(unresolved) + wireBytes(next)).toNanos();
    }

    private static long wireBytes(@Nullable AtomicBatch batch) {
        return batch == null ? 0 : batch.wireBytes();
    }

    /** Returns whether records may be sent before the commit of their batch. */
    boolean maySendAhead() {
        return !batchSize.isSearching() && !movedMarkers.areSuspected();
    }

    BatchSize batchSize() {
        return batchSize;
    }

    void timedOut() {
        rate.timedOut();
    }

    /** Returns the stream sequence of the last batch that was acked. All later batches are behind it. */
    long storedUpTo() {
        return storedUpTo;
    }

    void stored() {
        movedMarkers.stored();
        batchSize.grow();
    }

    void acked(long lastSequence) {
        storedUpTo = lastSequence;
        stored();
    }

    MovedMarkers movedMarkers() {
        return movedMarkers;
    }

    MarkerSubjects subjects() {
        return subjects;
    }

    /** Forgets the records that are in batches and not stored, because they will be published again. */
    void forgetUnstored() {
        next = null;
        claims.values().forEach(claim -> claim.records().forgetReserved());
    }

    @Nullable
    AtomicBatch next() {
        return next;
    }

    void next(@Nullable AtomicBatch batch) {
        next = batch;
    }

    @Nullable
    AtomicBatch unresolved() {
        return unresolved;
    }

    void unresolved(@Nullable AtomicBatch batch) {
        unresolved = batch;
    }

    PartitionClaim claim(AssignedPartition partition) {
        return claims.computeIfAbsent(
                partition, assigned -> new PartitionClaim(assigned, subjects.of(assigned.id()), clock));
    }

    /** Begins an epoch: requests of the previous one will not be answered. */
    void reconnected() {
        claims.keySet().removeIf(AssignedPartition::abandoned);
        claims.values().forEach(PartitionClaim::reconnected);
        next = null;
        movedMarkers.reconnected();
        doubting = unresolved != null;
        batchSize.reconnected();
    }

    /**
     * Advances all claims at once, because each costs two round trips.
     *
     * @param first the claim that a record waits for
     */
    void advanceClaims(
            Connection connection, MarkerStore markers, @Nullable PartitionClaim first, Publisher.Outcomes outcomes)
            throws IOException {
        claims.keySet().removeIf(AssignedPartition::abandoned);
        claims.values().forEach(claim -> claim.followConsumer(outcomes));
        doubtUnresolved(connection);
        admission().check();
        if (first != null) {
            advance(first, markers, outcomes);
        }
        long refresh = target().markerRefreshNanos();
        // The connection's queue has room for twice the window.
        int room = Math.min(CLAIMS_AT_ONCE, settings.mostPending());
        for (PartitionClaim claim : claims.values()) {
            room -= claim.request() != null ? 1 : 0;
        }
        for (PartitionClaim claim : claims.values()) {
            if (unresolved == null || !unresolved.holds(claim)) {
                claim.coverRejected();
                claim.refresh(refresh);
            }
            boolean requested = claim.request() != null;
            if (claim != first && claim.isPending() && (requested || room > 0)) {
                advance(claim, markers, outcomes);
                room -= claim.request() != null && !requested ? 1 : 0;
            }
        }
    }

    private static void advance(PartitionClaim claim, MarkerStore markers, Publisher.Outcomes outcomes)
            throws IOException {
        claim.advance(markers);
        claim.followConsumer(outcomes);
    }

    /** Returns the nanoseconds until a claim needs a call; {@link Long#MAX_VALUE} if none does. */
    long dueNanos() {
        long refresh = target().markerRefreshNanos();
        long due = Long.MAX_VALUE;
        for (PartitionClaim claim : claims.values()) {
            due = Math.min(due, claim.dueNanos(refresh));
        }
        return due;
    }

    /**
     * @return false while it is not known; see {@link StreamAdmission#admits}
     * @throws RejectedRecordException if the server or the stream cannot store the message
     */
    boolean admits(long position, OutboundMessage message, Connection connection) {
        MessageSender.checkSize(message, BatchHeaders.BYTES, connection);
        return admission().admits(position, message, connection);
    }

    /** Checks a subject that the stream may have lost, because a batch with such a subject is never answered. */
    private void doubtUnresolved(Connection connection) {
        AtomicBatch batch = unresolved;
        if (doubting && batch != null) {
            StreamAdmission known = admission();
            doubting = batch.entries().stream()
                    .map(entry -> entry.message().subject())
                    .filter(subject -> !known.isListed(subject))
                    .findFirst()
                    .map(subject -> !known.doubt(subject, connection))
                    .orElse(false);
        }
    }

    private StreamAdmission admission() {
        return opened(admission);
    }

    private static <T> T opened(@Nullable T value) {
        return requireNonNull(value, "no epoch was opened");
    }
}
