package io.jetsink.publish.once;

import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.Probe;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Futures;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamRequests;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exactly-once: stores records and their Kafka offsets in one atomic batch, which the stream refuses if another task has
 * claimed one of the partitions since. One batch is being committed at a time. Meanwhile the records of the next batch are
 * sent, and its offset markers follow when the outcome of the previous batch is known.
 */
public final class AtomicPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicPublisher.class);

    private final Connection connection;
    private final StreamRequests requests;
    private final ExactlyOnceState state;
    private final MarkerStore markers;
    private final BatchOutcome outcome;

    private boolean begun;
    /** Whether the next batch is committed before it is full. */
    private boolean urgent;
    /** The claim that the next record or batch waits for. */
    private @Nullable PartitionClaim claiming;
    /** A failure to report with the next outcomes. */
    private @Nullable UnrecoverableException failure;

    public AtomicPublisher(Connection connection, ExactlyOnceState state, StreamRequests requests) {
        this.connection = connection;
        this.requests = requests;
        this.state = state;
        this.markers = new MarkerStore(connection, requests, state.target(), state::timeout);
        this.outcome = new BatchOutcome(connection, requests, markers, state);
    }

    @Override
    public Mode mode() {
        return Mode.EXACTLY_ONCE;
    }

    @Override
    public int window() {
        return state.window();
    }

    /** Begins the epoch on the task thread; the constructor runs on another one. */
    private void begin() {
        if (!begun) {
            begun = true;
            state.reconnected();
            outcome.begin();
        }
    }

    @Override
    public void assigned(Iterable<AssignedPartition> partitions) {
        begin();
        for (AssignedPartition partition : partitions) {
            if (!partition.abandoned()) {
                state.claim(partition);
            }
        }
    }

    @Override
    public void rejected(PendingRecord publication) {
        state.claim(publication.partition()).records().rejected(publication.record());
    }

    @Override
    public Look look(PendingRecord publication) {
        begin();
        if (outcome.isResolvingInherited()) {
            // The batch may contain this record.
            return Look.LATER;
        }
        PartitionClaim claim = state.claim(publication.partition());
        if (!claim.isReady()) {
            claiming = claim;
            return Look.LATER;
        }
        if (claim.records().isReserved(publication.record().originalKafkaOffset())) {
            urgent = true;
            return Look.LATER;
        }
        try {
            return claim.records().look(publication.record());
        } catch (UnrecoverableException otherTopic) {
            failure = otherTopic;
            return Look.LATER;
        }
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        PartitionClaim claim = state.claim(publication.partition());
        OutboundMessage message = publication.message();
        AtomicBatch batch = state.next();
        if (batch != null
                && (state.batchSize().isFull(batch, claim, position, message) || batch.wouldBreakRollup(message))) {
            urgent = true;
            return false;
        }
        if (!state.admits(position, message, connection)) {
            return false;
        }
        if (batch == null) {
            batch = new AtomicBatch(state.nanoTime());
            state.next(batch);
        }
        claim.records().reserve(publication.record().originalKafkaOffset());
        batch.add(new AtomicBatch.Entry(position, message, claim, publication.record()));
        if (state.maySendAhead()) {
            sendAhead(batch);
        }
        return true;
    }

    /** Sends records before the commit of their batch. Those that the connection does not accept are sent with the commit. */
    private void sendAhead(AtomicBatch batch) {
        try {
            batch.sendMembers(connection, requests, state.timeout());
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.trace("a batch is sent with its commit", queueFullOrClosed);
        }
    }

    @Override
    public void harvest(Outcomes outcomes) {
        begin();
        try {
            state.advanceClaims(connection, markers, claiming, outcomes);
            if (claiming != null && (claiming.isHeld() || claiming.partition().abandoned())) {
                claiming = null;
            }
            AtomicBatch batch = outcome.advance(outcomes) ? due(outcomes) : null;
            if (batch != null) {
                outcome.commit(batch, outcomes);
            }
        } catch (IOException unclaimable) {
            outcomes.epochFailed(unclaimable);
        }
        UnrecoverableException otherTopic = failure;
        if (otherTopic != null) {
            failure = null;
            outcomes.epochFailed(otherTopic);
        }
    }

    /** Returns the next batch if it is to be committed now. */
    private @Nullable AtomicBatch due(Outcomes outcomes) {
        AtomicBatch batch = state.next();
        if (batch == null || !(urgent || state.nanoTime() - batch.since() >= state.lingerNanos())) {
            return null;
        }
        for (PartitionClaim claim : batch.claims()) {
            if (claim.partition().abandoned()) {
                outcome.giveBack(batch, outcomes);
                return null;
            }
            if (!claim.isHeld()) {
                claiming = claim;
                return null;
            }
        }
        state.next(null);
        urgent = false;
        return batch;
    }

    @Override
    public long dueNanos() {
        return state.dueNanos();
    }

    @Override
    public CompletableFuture<Boolean> query(PendingRecord pending, Duration ahead) {
        return Probe.reaches(
                connection, pending.message().subject(), state.target().name(), ahead);
    }

    @Override
    public void flush() {
        urgent = true;
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        urgent = true;
        CompletableFuture<?> awaited = outcome.request();
        if (awaited == null && claiming != null) {
            awaited = claiming.request();
        }
        if (awaited == null) {
            awaited = pause(nanos);
        }
        return awaited != null && Futures.await(awaited, nanos);
    }

    /** Returns a future that completes when the next claim or commit is due, or null if none is. */
    private @Nullable CompletableFuture<?> pause(long nanos) {
        boolean open = state.unresolved() != null;
        if (claiming == null && !open && state.next() == null) {
            return null;
        }
        long wait = claiming == null ? nanos : Math.min(nanos, claiming.pauseNanos());
        if (claiming == null || open) {
            wait = Math.min(wait, outcome.pauseNanos());
        }
        return new CompletableFuture<Void>().completeOnTimeout(null, wait, TimeUnit.NANOSECONDS);
    }
}
