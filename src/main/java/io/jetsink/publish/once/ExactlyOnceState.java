package io.jetsink.publish.once;

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
import io.jetsink.publish.StreamRequests;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an exactly-once task remembers from epoch to epoch: what it has claimed, and the batch whose outcome is not known.
 *
 * <p><b>Threads.</b> Confined to the task thread, but for {@link #opened}.
 */
public final class ExactlyOnceState {
    /** Bytes of a batch in an epoch that has not stored anything. */
    private static final long UNPROVEN_BYTES = 64 << 10;
    /** Claims that are under way at the same time; a server queues requests to JetStream for all its clients. */
    private static final int CLAIMS_AT_ONCE = 256;

    private final MarkerSubjects subjects;
    private final PublishSettings settings;
    private final ExactlyOnceSettings own;
    private final LongSupplier clock;
    private final Map<AssignedPartition, PartitionClaim> claims = new IdentityHashMap<>();

    private final LinkRate rate;
    private final MovedMarkers movedMarkers;

    private @Nullable AtomicBatch unresolved;
    /** The batch behind the unresolved one, which is sent ahead of its commit. */
    private @Nullable AtomicBatch behind;
    /** Whether this epoch has stored a batch, and none was refused since. */
    private boolean proven;
    /** Stream sequence of the last batch that was acked, or 0. */
    private long storedUpTo;
    /** Where the next batch has to end, before a record that its server refuses. */
    private long cut = AssignedPartition.NONE;

    private int widest = BatchLimit.USUAL;
    private int batchLimit = BatchLimit.USUAL;

    /** Whether the unresolved batch may hold subjects that the stream does not capture any more. */
    private boolean doubting;

    private volatile int serverLimit = BatchLimit.USUAL;
    private volatile @Nullable TargetStream stream;
    private volatile @Nullable StreamAdmission limit;

    /**
     * @param rate what the task has measured of its link
     * @param clock nanoseconds that only go forward
     */
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
    }

    /**
     * The stream as it is at the opening of an epoch. Called by the link's thread.
     *
     * @param captured what the task has learnt of the stream so far
     * @param most messages that its server takes in a batch
     */
    public void opened(TargetStream found, CapturedSubjects captured, int most) {
        stream = found;
        // A batch with a subject that nothing captures is never answered: each subject is asked about.
        limit = new StreamAdmission(found, captured, true, false, this::aheadNanos);
        serverLimit = most;
    }

    TargetStream target() {
        TargetStream found = stream;
        if (found == null) {
            throw new IllegalStateException("no epoch was opened");
        }
        return found;
    }

    String stream() {
        return target().name();
    }

    String getSubject() {
        return target().messageGetSubject();
    }

    boolean keepMarkers() {
        return target().allowsTtl();
    }

    long nanoTime() {
        return clock.getAsLong();
    }

    int window() {
        return settings.maxPending();
    }

    long lingerNanos() {
        return own.linger().toNanos();
    }

    /** How long an answer may take to a request that is sent now: the ack timeout behind all that is queued before it. */
    Duration timeout() {
        return settings.ackTimeout().plusNanos(aheadNanos());
    }

    /** Nanoseconds that all that is queued before a request needs. */
    long aheadNanos() {
        return rate.transitNanos(wireBytes(unresolved) + wireBytes(behind));
    }

    private static long wireBytes(@Nullable AtomicBatch batch) {
        return batch == null ? 0 : batch.wireBytes();
    }

    /** Whether the record at this position, of this partition, has to go into another batch. */
    boolean isFull(AtomicBatch batch, PartitionClaim claim, long position, OutboundMessage message) {
        long limit = batchBytes();
        return batch.messagesWith(claim) > batchLimit
                || batch.bytes() >= limit
                || batch.bytes() + message.size() > 2 * limit
                || position == cut;
    }

    /**
     * Bytes from which on a batch is full. Two batches are on their way at most, so each is half of what the link carries in
     * its target time; and until the epoch has proven that it works, no more than is lightly sent in vain (ADR 0023).
     */
    private long batchBytes() {
        long half = Math.max(1, rate.window() / 2);
        return proven ? half : Math.min(half, UNPROVEN_BYTES);
    }

    /** Whether smaller batches are tried, as one was refused. */
    private boolean isSearching() {
        return batchLimit < widest;
    }

    /** Whether records may be sent ahead of the commit of their batch. */
    boolean mayStage() {
        return !isSearching() && !movedMarkers.areSuspected();
    }

    /** The batch behind the unresolved one; null: there is none. */
    void behind(@Nullable AtomicBatch batch) {
        behind = batch;
    }

    /** Nothing was stored by the last attempt: the next ones are small, until one is. */
    void unproven() {
        proven = false;
    }

    /** A commit was not answered in time. */
    void timedOut() {
        rate.timedOut();
    }

    /** Stream sequence of the last batch that was acked; every later batch is behind it. */
    long storedUpTo() {
        return storedUpTo;
    }

    /** A batch is stored. */
    void stored() {
        unresolved = null;
        proven = true;
        movedMarkers.stored();
        batchLimit = Math.min(widest, batchLimit * 2);
    }

    /** The same by its ack. */
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

    /** What was handed to batches and is not stored will come again. */
    void forgetTaken() {
        claims.values().forEach(PartitionClaim::forgetTaken);
    }

    /** A batch of this many messages is tried next, and as long as any is refused. */
    void limitBatches(int messages) {
        batchLimit = Math.max(2, messages);
    }

    /** The record at this position is known to condemn the batch it is in. */
    void cutBefore(long position) {
        cut = position;
    }

    /** The server takes no batch of so many messages, ever. */
    void tooLarge(int messages) {
        limitBatches(messages / 2);
        widest = batchLimit;
    }

    @Nullable
    AtomicBatch unresolved() {
        return unresolved;
    }

    void unresolved(@Nullable AtomicBatch batch) {
        unresolved = batch;
    }

    PartitionClaim claim(AssignedPartition partition) {
        return claims.computeIfAbsent(partition, stay -> new PartitionClaim(stay, subjects.of(stay.id()), clock));
    }

    /** A new epoch: requests of the one before will not be answered. */
    void reconnected() {
        claims.keySet().removeIf(AssignedPartition::abandoned);
        claims.values().forEach(PartitionClaim::reconnected);
        behind = null;
        proven = false;
        movedMarkers.reconnected();
        doubting = unresolved != null;
        boolean searching = isSearching();
        widest = widest();
        batchLimit = searching ? Math.min(batchLimit, widest) : widest;
    }

    /** Where the server takes more than usual, half the window, so that the other half can be sent meanwhile. */
    private int widest() {
        return Math.max(2, Math.min(serverLimit, Math.max(BatchLimit.USUAL, settings.maxPending() / 2)));
    }

    /**
     * Looks after all claims at once: each costs two round trips.
     *
     * @param first that a record waits for
     */
    void tendClaims(
            Connection connection, StreamRequests requests, @Nullable PartitionClaim first, Publisher.Outcomes outcomes)
            throws IOException {
        claims.keySet().removeIf(AssignedPartition::abandoned);
        claims.values().forEach(claim -> claim.compare(outcomes));
        doubtUnresolved(connection);
        limit().check();
        long refresh = target().markerRefreshNanos();
        // The connection's queue has room for twice the window.
        int room = Math.min(CLAIMS_AT_ONCE, settings.maxPending());
        if (first != null) {
            tend(first, connection, requests, outcomes);
        }
        for (PartitionClaim claim : claims.values()) {
            room -= claim.isAsking() ? 1 : 0;
        }
        for (PartitionClaim claim : claims.values()) {
            if (unresolved == null || !unresolved.holds(claim)) {
                claim.coverRejected();
                claim.refresh(refresh);
            }
            if (claim != first && claim.isPending() && (claim.isAsking() || room > 0)) {
                boolean asked = claim.isAsking();
                tend(claim, connection, requests, outcomes);
                room -= claim.isAsking() && !asked ? 1 : 0;
            }
        }
    }

    private void tend(PartitionClaim claim, Connection connection, StreamRequests requests, Publisher.Outcomes outcomes)
            throws IOException {
        claim.tend(connection, requests, getSubject(), timeout(), keepMarkers());
        claim.compare(outcomes);
    }

    /** How soon a claim has to be looked after; {@link Long#MAX_VALUE} if none has. */
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
     * @throws RejectedRecordException if server or stream cannot take the message
     */
    boolean admits(long position, OutboundMessage message, Connection connection) {
        MessageSender.checkSize(message, BatchHeaders.BYTES, connection);
        return limit().admits(position, message, connection);
    }

    /** A batch with a subject that the stream has lost is never answered, so the server is asked about that subject. */
    private void doubtUnresolved(Connection connection) {
        AtomicBatch batch = unresolved;
        if (doubting && batch != null) {
            StreamAdmission known = limit();
            doubting = batch.entries().stream()
                    .map(entry -> entry.message().subject())
                    .filter(subject -> !known.isListed(subject))
                    .findFirst()
                    .map(subject -> !known.doubt(subject, connection))
                    .orElse(false);
        }
    }

    private StreamAdmission limit() {
        StreamAdmission found = limit;
        if (found == null) {
            throw new IllegalStateException("no epoch was opened");
        }
        return found;
    }
}
