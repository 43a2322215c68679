package io.jetsink.publish.once;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamRequests;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits batches in one epoch and finds out whether they are stored: by the reply to the commit, and without one, or after a
 * refusal, by the offset markers in the stream (ADR 0008). At any time it is in one {@link Stage}.
 *
 * <p><b>Threads.</b> Confined to the task thread, which looks at the futures of requests.
 */
final class BatchOutcome {
    private static final Logger LOG = LoggerFactory.getLogger(BatchOutcome.class);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Problem BUSY = new Problem(ErrorCode.NO_ANSWER, "the connection accepts no more");

    private final Connection connection;
    private final StreamRequests requests;
    private final MarkerStore markers;
    private final ExactlyOnceState state;

    private Stage stage = new Stage.Idle();
    /** The batch of unknown outcome that the previous epoch has left. */
    private @Nullable AtomicBatch inherited;

    private long retryPause = RETRY_NANOS;

    BatchOutcome(Connection connection, StreamRequests requests, MarkerStore markers, ExactlyOnceState state) {
        this.connection = connection;
        this.requests = requests;
        this.markers = markers;
        this.state = state;
    }

    /** Begins an epoch. A new connection does not shorten the pause after refusals of unchanged markers. */
    void begin() {
        inherited = state.unresolved();
        MovedMarkers moved = state.movedMarkers();
        backOff(inherited, moved.areSuspected() ? moved.pauseNanos() : 0);
    }

    boolean isResolvingInherited() {
        return inherited != null && inherited == stage.batch();
    }

    /**
     * Looks at replies, and continues with the next stage.
     *
     * @return whether the next batch may be committed
     */
    boolean advance(Publisher.Outcomes outcomes) {
        Stage before;
        do {
            before = stage;
            step(outcomes);
        } while (stage != before);
        return stage instanceof Stage.Idle;
    }

    private void step(Publisher.Outcomes outcomes) {
        CompletableFuture<?> request = stage.request();
        if (request != null && !request.isDone()) {
            return;
        }
        if (stage instanceof Stage.Committing committing) {
            answered(committing, outcomes);
        } else if (stage instanceof Stage.ReadingMarkers reading) {
            compare(reading, outcomes);
        } else if (stage instanceof Stage.SearchingRecords searching) {
            searched(searching, outcomes);
        } else if (stage instanceof Stage.BackingOff pause) {
            retry(pause, outcomes);
        }
    }

    private void enter(Stage next) {
        stage = next;
        state.unresolved(next.batch());
    }

    private void backOff(@Nullable AtomicBatch batch, long nanos) {
        enter(new Stage.BackingOff(batch, state.nanoTime() + nanos));
    }

    private void retry(Stage.BackingOff pause, Publisher.Outcomes outcomes) {
        MisconfiguredException moved = state.movedMarkers().misconfiguration();
        if (moved != null) {
            outcomes.epochFailed(moved);
            return;
        }
        if (pause.pauseNanos(state.nanoTime()) > 0) {
            return;
        }
        AtomicBatch batch = pause.batch();
        if (batch == null) {
            enter(new Stage.Idle());
        } else if (batch.mayBeStored()) {
            readMarkers(batch, null, outcomes);
        } else {
            commit(batch, outcomes);
        }
    }

    /** Commits a batch, whose outcome is open from now on. */
    void commit(AtomicBatch batch, Publisher.Outcomes outcomes) {
        // The time-out includes the time that the batch itself needs.
        state.unresolved(batch);
        try {
            enter(new Stage.Committing(
                    batch, batch.commit(connection, requests, state.timeout(), state.keepsMarkersForever())));
        } catch (IllegalStateException queueFullOrClosed) {
            retryLater(batch, BUSY, outcomes);
        }
    }

    private void answered(Stage.Committing committing, Publisher.Outcomes outcomes) {
        AtomicBatch batch = committing.batch();
        JetStreamReply reply;
        try {
            reply = committing.request().join();
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof TimeoutException) {
                state.timedOut();
            }
            retryLater(batch, problem(e), outcomes);
            return;
        }
        IOException error = reply.error();
        if (error == null) {
            batch.acked(reply.sequence());
            state.acked(reply.sequence());
            settle(batch, outcomes);
            return;
        }
        batch.refused();
        if (error instanceof JetStreamErrorException refusal) {
            refused(batch, BatchRefusal.of(batch, refusal), outcomes);
        } else {
            notNow(batch, problem(error), outcomes);
        }
    }

    private void refused(AtomicBatch batch, BatchRefusal refusal, Publisher.Outcomes outcomes) {
        boolean notOneRecord = refusal.isFull() && batch.entries().size() > 1;
        if (refusal.isWrongSequence() || notOneRecord) {
            readMarkers(batch, refusal, outcomes);
        } else if (refusal.isFinal()) {
            condemned(batch, refusal, outcomes);
        } else if (refusal.incomplete()) {
            retryLater(batch, refusal.problem(), outcomes);
        } else {
            notNow(batch, refusal.problem(), outcomes);
        }
    }

    private void condemned(AtomicBatch batch, BatchRefusal refusal, Publisher.Outcomes outcomes) {
        refusal.condemn(state, outcomes);
        giveBack(batch, outcomes);
    }

    /** This attempt is not stored, and its records are not the reason. */
    private void notNow(AtomicBatch batch, Problem why, Publisher.Outcomes outcomes) {
        state.batchSize().unproven();
        giveBack(batch, outcomes);
        retryLater(null, why, outcomes);
    }

    /** The batch is not stored, nor is anything behind it: all of it is published again in new batches. */
    void giveBack(AtomicBatch batch, Publisher.Outcomes outcomes) {
        enter(new Stage.Idle());
        state.forgetUnstored();
        outcomes.unsent(batch.position());
    }

    private void settle(AtomicBatch batch, Publisher.Outcomes outcomes) {
        enter(new Stage.Idle());
        batch.entries().forEach(entry -> outcomes.settled(entry.position()));
        outcomes.batched(batch.entries().size(), true);
        retryPause = RETRY_NANOS;
    }

    /** Backs off, and ends the epoch when the pause has reached its limit, so that the outage is logged with its reason. */
    private void retryLater(@Nullable AtomicBatch batch, Problem why, Publisher.Outcomes outcomes) {
        LOG.debug(
                "a batch is not stored, or its outcome is unknown; next attempt in {} ms: {}",
                retryPause / 1_000_000,
                why.text());
        backOff(batch, retryPause);
        if (retryPause == RETRY_MAX_NANOS) {
            outcomes.epochFailed(new CodedException(why.code(), "a batch stays without an ack: " + why.text()));
        }
        retryPause = Math.min(2 * retryPause, RETRY_MAX_NANOS);
    }

    /** Reads all markers of the batch: a refusal does not name the marker at fault. */
    private void readMarkers(AtomicBatch batch, @Nullable BatchRefusal why, Publisher.Outcomes outcomes) {
        try {
            enter(new Stage.ReadingMarkers(batch, why, FoundMarkers.read(batch, markers)));
        } catch (IllegalStateException queueFullOrClosed) {
            retryLater(batch, BUSY, outcomes);
        }
    }

    private void compare(Stage.ReadingMarkers reading, Publisher.Outcomes outcomes) {
        AtomicBatch batch = reading.batch();
        try {
            FoundMarkers found = reading.request().join();
            if (found.prove(batch)) {
                wasStored(batch, found, outcomes);
            } else if (batch.mayBeStored() && found.leaveOpen()) {
                enter(new Stage.SearchingRecords(
                        batch, reading.refusal(), found, new StoredSearch(connection, state, batch).begin()));
            } else {
                notStored(batch, reading.refusal(), found, outcomes);
            }
        } catch (CompletionException | IllegalStateException e) {
            unknown(batch, e, outcomes);
        }
    }

    private void searched(Stage.SearchingRecords searching, Publisher.Outcomes outcomes) {
        AtomicBatch batch = searching.batch();
        try {
            if (searching.request().join()) {
                wasStored(batch, searching.found(), outcomes);
            } else {
                notStored(batch, searching.refusal(), searching.found(), outcomes);
            }
        } catch (CompletionException e) {
            unknown(batch, e, outcomes);
        }
    }

    private void unknown(AtomicBatch batch, RuntimeException failure, Publisher.Outcomes outcomes) {
        if (FailureTriage.verdictOf(failure) == FailureTriage.Verdict.STOP) {
            outcomes.epochFailed(failure);
        } else {
            retryLater(batch, problem(failure), outcomes);
        }
    }

    private static Problem problem(Exception failure) {
        return new Problem(FailureTriage.outageOf(failure), FailureTriage.describe(failure));
    }

    private void wasStored(AtomicBatch batch, FoundMarkers found, Publisher.Outcomes outcomes) {
        LOG.debug("a batch was stored by an attempt that was not acked");
        found.reconcileStored(batch);
        state.stored();
        settle(batch, outcomes);
    }

    /** @param why the batch was refused, or null if its commit was not answered */
    private void notStored(
            AtomicBatch batch, @Nullable BatchRefusal why, FoundMarkers found, Publisher.Outcomes outcomes) {
        boolean unchanged = found.areUnchanged();
        found.reconcile();
        if (why == null) {
            // A late attempt is refused, or stored before the next one, and then the marker shows it.
            state.batchSize().unproven();
            giveBack(batch, outcomes);
            retryLater(null, new Problem(ErrorCode.NO_ACK, "no answer to its commit"), outcomes);
        } else if (why.isWrongSequence()) {
            // In a cluster the leader refuses by batches in process, and the markers show only batches that are stored.
            long pause = unchanged ? noteMoved() : RETRY_NANOS;
            giveBack(batch, outcomes);
            backOff(null, pause);
        } else if (why.isFull()) {
            // A stream may be full for hours, so it is tried with one record.
            state.batchSize().limitTo(1);
            giveBack(batch, outcomes);
            retryLater(null, why.problem(), outcomes);
        } else {
            condemned(batch, why, outcomes);
        }
    }

    private long noteMoved() {
        MovedMarkers moved = state.movedMarkers();
        moved.refused(state.target(), connection, Duration.ofNanos(state.aheadNanos()));
        state.batchSize().unproven();
        return moved.pauseNanos();
    }

    @Nullable
    CompletableFuture<?> request() {
        return stage.request();
    }

    long pauseNanos() {
        return stage.pauseNanos(state.nanoTime());
    }
}
