package io.jetsink.publish;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import io.nats.client.JetStream;
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
final class ExactlyOnce {
    /** Claims that are under way at the same time; a server queues requests to JetStream for all its clients. */
    private static final int CLAIMS_AT_ONCE = 256;

    private final MarkerSubjects subjects;
    private final PublishSettings settings;
    private final ExactlyOnceSettings own;
    private final LongSupplier clock;
    private final Map<Partition, Claim> claims = new IdentityHashMap<>();

    private @Nullable AtomicBatch unresolved;
    /** Where the next batch has to end, before a record that its server refuses. */
    private long cut = Partition.NONE;

    private int widest = BatchLimit.USUAL;
    private int batchLimit = BatchLimit.USUAL;

    /** Whether the unresolved batch may hold subjects that the stream does not capture any more. */
    private boolean doubting;

    private volatile int serverLimit = BatchLimit.USUAL;
    private volatile @Nullable TargetStream stream;
    private volatile @Nullable StreamLimit limit;

    /** @param clock nanoseconds that only go forward */
    ExactlyOnce(MarkerSubjects subjects, PublishSettings settings, ExactlyOnceSettings own, LongSupplier clock) {
        this.subjects = subjects;
        this.settings = settings;
        this.own = own;
        this.clock = clock;
    }

    /**
     * The stream as it is at the opening of an epoch. Called by the link's thread.
     *
     * @param captured what the task has learnt of the stream so far
     * @param most messages that its server takes in a batch
     */
    void opened(TargetStream found, CapturedSubjects captured, int most) {
        stream = found;
        // A batch with a subject that nothing captures is never answered: each subject is asked about.
        limit = new StreamLimit(found, captured, true, false, () -> 0);
        serverLimit = most;
    }

    private TargetStream target() {
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

    Duration timeout() {
        return settings.ackTimeout();
    }

    /** Whether the record at this position, of this partition, has to go into another batch. */
    boolean isFull(AtomicBatch batch, Claim claim, long position) {
        return batch.messagesWith(claim) > batchLimit || batch.bytes() >= settings.maxPendingBytes() || position == cut;
    }

    /** Whether smaller batches are tried, as one was refused. */
    boolean isSearching() {
        return batchLimit < widest;
    }

    /** What was handed to batches and is not stored will come again. */
    void forgetTaken() {
        claims.values().forEach(Claim::forgetTaken);
    }

    /** A batch of this many messages is tried next, and as long as any is refused. */
    void limitBatches(int messages) {
        batchLimit = Math.max(2, messages);
    }

    /** The record at this position is known to condemn the batch it is in. */
    void cutBefore(long position) {
        cut = position;
    }

    void widenBatches() {
        batchLimit = Math.min(widest, batchLimit * 2);
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

    Claim claim(Partition partition) {
        return claims.computeIfAbsent(partition, stay -> new Claim(stay, subjects.of(stay.id()), clock));
    }

    /** A new epoch: requests of the one before will not be answered. */
    void reconnected() {
        claims.keySet().removeIf(Partition::abandoned);
        claims.values().forEach(Claim::reconnected);
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
    void tendClaims(Connection connection, JetStream jetStream, @Nullable Claim first, Publisher.Outcomes outcomes)
            throws IOException {
        claims.keySet().removeIf(Partition::abandoned);
        claims.values().forEach(claim -> claim.compare(outcomes));
        doubtUnresolved(connection);
        limit().check();
        long refresh = target().markerRefreshNanos();
        // The connection's queue has room for twice the window.
        int room = Math.min(CLAIMS_AT_ONCE, settings.maxPending());
        if (first != null) {
            tend(first, connection, jetStream, outcomes);
        }
        for (Claim claim : claims.values()) {
            room -= claim.isAsking() ? 1 : 0;
        }
        for (Claim claim : claims.values()) {
            if (refresh > 0 && (unresolved == null || !unresolved.holds(claim))) {
                claim.refresh(refresh);
            }
            if (claim != first && claim.isPending() && (claim.isAsking() || room > 0)) {
                boolean asked = claim.isAsking();
                tend(claim, connection, jetStream, outcomes);
                room -= claim.isAsking() && !asked ? 1 : 0;
            }
        }
    }

    private void tend(Claim claim, Connection connection, JetStream jetStream, Publisher.Outcomes outcomes)
            throws IOException {
        claim.tend(connection, jetStream, getSubject(), timeout(), keepMarkers());
        claim.compare(outcomes);
    }

    /** How soon a claim has to be looked after; {@link Long#MAX_VALUE} if none has. */
    long dueNanos() {
        long refresh = target().markerRefreshNanos();
        long due = Long.MAX_VALUE;
        for (Claim claim : claims.values()) {
            due = Math.min(due, claim.dueNanos(refresh));
        }
        return due;
    }

    /**
     * @return false while it is not known; see {@link StreamLimit#admits}
     * @throws RejectedRecordException if server or stream cannot take the message
     */
    boolean admits(long position, OutboundMessage message, Connection connection) {
        PayloadLimit.check(message, AtomicBatch.MEMBER_BYTES, connection);
        return limit().admits(position, message, connection);
    }

    /** A batch with a subject that the stream has lost is never answered, so the server is asked about that subject. */
    private void doubtUnresolved(Connection connection) {
        AtomicBatch batch = unresolved;
        if (doubting && batch != null) {
            StreamLimit known = limit();
            doubting = batch.entries().stream()
                    .map(entry -> entry.message().subject())
                    .filter(subject -> !known.isListed(subject))
                    .findFirst()
                    .map(subject -> !known.doubt(subject, connection))
                    .orElse(false);
        }
    }

    private StreamLimit limit() {
        StreamLimit found = limit;
        if (found == null) {
            throw new IllegalStateException("no epoch was opened");
        }
        return found;
    }
}
