package io.jetsink.publish.once;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamRequests;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the batch that was sent last is stored, in one epoch: the answer to its commit, and where that is
 * missing or a refusal, the markers in the stream (ADR 0008).
 *
 * <p><b>Threads.</b> Confined to the task thread; requests are futures that it looks at.
 */
final class BatchOutcome {
    private static final Logger LOG = LoggerFactory.getLogger(BatchOutcome.class);

    private static final int WRONG_SEQUENCE = JetStreamErrorException.WRONG_LAST_SEQUENCE;
    /** "atomic publish batch is incomplete": the server has forgotten it, or refused one of its messages. */
    private static final int INCOMPLETE = JetStreamErrorException.BATCH_INCOMPLETE;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Connection connection;
    private final StreamRequests requests;
    private final ExactlyOnceState task;

    private @Nullable CompletableFuture<JetStreamReply> answer;
    private @Nullable MarkerLookup markers;
    /** For the records of a batch whose markers are gone. */
    private @Nullable CompletableFuture<Boolean> search;

    private long retryAt;
    private long retryPause = RETRY_NANOS;
    private boolean gaveBack;

    BatchOutcome(Connection connection, StreamRequests requests, ExactlyOnceState task) {
        this.connection = connection;
        this.requests = requests;
        this.task = task;
        this.retryAt = task.nanoTime();
    }

    /** An epoch begins. A new connection is no reason to try the same sooner. */
    void begin() {
        if (task.movedMarkers().areSuspected()) {
            retryAt = task.nanoTime() + task.movedMarkers().pauseNanos();
        }
    }

    /**
     * Looks at what has been answered.
     *
     * @return whether a batch may be committed now: the unresolved one again, or else the next
     */
    boolean isReady(Publisher.Outcomes outcomes) {
        CompletableFuture<JetStreamReply> commit = answer;
        if (commit != null) {
            if (!commit.isDone()) {
                return false;
            }
            answer = null;
            answered(commit, outcomes);
        }
        if (markers != null) {
            compare(markers, outcomes);
            return false;
        }
        MisconfiguredException moved = task.movedMarkers().mistake();
        if (moved != null) {
            outcomes.epochFailed(moved);
            return false;
        }
        if (task.nanoTime() - retryAt < 0) {
            return false;
        }
        AtomicBatch batch = task.unresolved();
        if (batch != null && batch.mayBeStored()) {
            readMarkers(batch, null, outcomes);
            return false;
        }
        return true;
    }

    /** Commits a batch, whose outcome is open from now on. */
    void commit(AtomicBatch batch, Publisher.Outcomes outcomes) {
        task.unresolved(batch);
        try {
            answer = batch.commit(connection, requests, task.timeout(), task.keepMarkers());
        } catch (IllegalStateException queueFullOrClosed) {
            retryLater("the connection accepts no more", outcomes);
        }
    }

    private void answered(CompletableFuture<JetStreamReply> commit, Publisher.Outcomes outcomes) {
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            return;
        }
        try {
            JetStreamReply known = commit.join();
            IOException error = known.error();
            if (error == null) {
                batch.stored(known.sequence());
                task.acked(known.sequence());
                settled(batch, outcomes);
                return;
            }
            batch.refused();
            if (error instanceof JetStreamErrorException refusal) {
                refused(batch, refusal, outcomes);
            } else {
                notNow(batch, FailureTriage.reason(error), outcomes);
            }
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof TimeoutException) {
                task.timedOut();
            }
            retryLater(FailureTriage.reason(e), outcomes);
        }
    }

    private void refused(AtomicBatch batch, JetStreamErrorException refusal, Publisher.Outcomes outcomes) {
        JetStreamErrorException cause = refusal;
        boolean incomplete = cause.code() == INCOMPLETE;
        if (incomplete) {
            int culprit = batch.culprit();
            JetStreamErrorException own = culprit < 0 ? null : batch.refusal(culprit);
            cause = own == null ? refusal : own;
            batch.ask();
        }
        int code = cause.code();
        if (code == WRONG_SEQUENCE || (isFull(cause) && batch.entries().size() > 1)) {
            readMarkers(batch, cause, outcomes);
        } else if (code != JetStreamErrorException.BATCH_TOO_LARGE
                && FailureTriage.of(cause) != FailureTriage.Verdict.REJECT) {
            if (incomplete) {
                retryLater(FailureTriage.told(cause), outcomes);
            } else {
                notNow(batch, FailureTriage.told(cause), outcomes);
            }
        } else if (batch.mayBeStored()) {
            // This attempt is not stored, but one before may be.
            readMarkers(batch, cause, outcomes);
        } else {
            condemned(batch, cause, outcomes);
        }
    }

    private static boolean isFull(JetStreamErrorException refusal) {
        return FailureTriage.of(refusal) == FailureTriage.Verdict.BACK_PRESSURE;
    }

    /** For certain not stored. One of its records is at fault, or all together. */
    private void condemned(AtomicBatch batch, JetStreamErrorException cause, Publisher.Outcomes outcomes) {
        int size = batch.entries().size();
        int culprit = batch.culprit();
        if (size == 1 && cause.code() == JetStreamErrorException.MESSAGE_TOO_LARGE && batch.isOutweighedByMarker()) {
            outcomes.epochFailed(new MisconfiguredException(StreamRequirements.refusesMarkers(task.stream()), cause));
        } else if (size == 1 || culprit == 0) {
            outcomes.failed(batch.position(), new RejectedRecordException(FailureTriage.reason(cause), cause));
        } else if (culprit > 0) {
            task.cutBefore(batch.entries().get(culprit).position());
        } else if (cause.code() == JetStreamErrorException.BATCH_TOO_LARGE) {
            task.tooLarge(batch.messages());
        } else {
            task.limitBatches(1 + size / 2);
        }
        giveBack(batch, outcomes);
    }

    /** This attempt is not stored, and nothing is wrong with its records. The next one begins with few of them. */
    private void notNow(AtomicBatch batch, String why, Publisher.Outcomes outcomes) {
        if (!batch.mayBeStored()) {
            task.unproven();
            giveBack(batch, outcomes);
        }
        retryLater(why, outcomes);
    }

    /** Not stored, and so nothing behind it: the ring sends it again. */
    void giveBack(AtomicBatch batch, Publisher.Outcomes outcomes) {
        task.unresolved(null);
        task.forgetTaken();
        gaveBack = true;
        outcomes.unsent(batch.position());
    }

    /** Whether a batch was given back since the last call; records behind it are to be forgotten then. */
    boolean gaveBack() {
        boolean did = gaveBack;
        gaveBack = false;
        return did;
    }

    private void settled(AtomicBatch batch, Publisher.Outcomes outcomes) {
        batch.entries().forEach(entry -> outcomes.settled(entry.position()));
        retryPause = RETRY_NANOS;
    }

    /** After a pause; and when that does not help, in the next epoch, whose log line says why. */
    private void retryLater(String why, Publisher.Outcomes outcomes) {
        LOG.debug(
                "a batch is not stored, or not known to be, and looked at again in {} ms: {}",
                retryPause / 1_000_000,
                why);
        retryAt = task.nanoTime() + retryPause;
        if (retryPause == RETRY_MAX_NANOS) {
            outcomes.epochFailed(new IOException("a batch stays without an ack: " + why));
        }
        retryPause = Math.min(2 * retryPause, RETRY_MAX_NANOS);
    }

    /** A refusal does not say which marker, and a missing answer says nothing: reads each of the batch. */
    private void readMarkers(AtomicBatch batch, @Nullable JetStreamErrorException why, Publisher.Outcomes outcomes) {
        try {
            markers = MarkerLookup.of(batch, why, connection, task);
        } catch (IllegalStateException queueFullOrClosed) {
            retryLater("the connection accepts no more", outcomes);
        }
    }

    private void compare(MarkerLookup reading, Publisher.Outcomes outcomes) {
        CompletableFuture<Boolean> searched = search;
        if (!reading.isDone() || (searched != null && !searched.isDone())) {
            return;
        }
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            markers = null;
            return;
        }
        try {
            Map<PartitionClaim, OffsetMarker> found = reading.found();
            boolean stored = found.values().stream().anyMatch(batch::wrote);
            if (!stored && batch.mayBeStored() && MarkerLookup.leavesOpen(found)) {
                if (searched == null) {
                    search = search(batch);
                    return;
                }
                stored = searched.join();
            }
            markers = null;
            search = null;
            if (stored) {
                wasStored(batch, found, outcomes);
            } else {
                notStored(batch, reading.refusal(), found, outcomes);
            }
        } catch (IOException | CompletionException | IllegalStateException e) {
            markers = null;
            search = null;
            if (FailureTriage.of(e) == FailureTriage.Verdict.STOP) {
                outcomes.epochFailed(e);
            } else {
                retryLater(FailureTriage.reason(e), outcomes);
            }
        }
    }

    private CompletableFuture<Boolean> search(AtomicBatch batch) {
        long after = task.storedUpTo();
        for (PartitionClaim claim : batch.claims()) {
            after = Math.max(after, claim.expected());
        }
        return new StoredSearch(
                        connection,
                        task.getSubject(),
                        task.timeout(),
                        batch.ids(),
                        batch.entries().size(),
                        task.subjects().filter())
                .begin(task.target().infoSubject(), after);
    }

    private void wasStored(AtomicBatch batch, Map<PartitionClaim, OffsetMarker> found, Publisher.Outcomes outcomes) {
        LOG.debug("a batch was stored by an attempt that was not acked");
        Set<PartitionClaim> removed = new HashSet<>();
        found.forEach((claim, marker) -> {
            if (marker.isAbsent()) {
                removed.add(claim);
            }
        });
        batch.storedWithout(removed);
        found.forEach(PartitionClaim::found);
        task.stored();
        settled(batch, outcomes);
    }

    /** @param why it was refused; null: its commit was not answered */
    private void notStored(
            AtomicBatch batch,
            @Nullable JetStreamErrorException why,
            Map<PartitionClaim, OffsetMarker> found,
            Publisher.Outcomes outcomes) {
        boolean unchanged = MarkerLookup.isUnchanged(found);
        found.forEach(PartitionClaim::found);
        if (why == null) {
            // An attempt that is late is refused, or stored before the next one, which its marker then shows.
            task.unproven();
            giveBack(batch, outcomes);
            retryLater("no answer to its commit", outcomes);
        } else if (why.code() == WRONG_SEQUENCE) {
            // The records of partitions that are still ours are sent again after a pause: on a cluster, the leader
            // refuses by what is in process, and the markers show what has arrived.
            giveBack(batch, outcomes);
            retryAt = task.nanoTime() + RETRY_NANOS;
            if (unchanged) {
                task.movedMarkers().refused(task.target(), connection, Duration.ofNanos(task.aheadNanos()));
                task.unproven();
                retryAt = task.nanoTime() + task.movedMarkers().pauseNanos();
            }
        } else if (isFull(why)) {
            // A stream may be full for hours. What asks whether there is room need not be a thousand messages.
            task.limitBatches(1);
            giveBack(batch, outcomes);
            retryLater(FailureTriage.told(why), outcomes);
        } else {
            condemned(batch, why, outcomes);
        }
    }

    /** Completes with the answer that is outstanding; null if none is. */
    @Nullable
    CompletableFuture<?> pending() {
        MarkerLookup reading = markers;
        CompletableFuture<?> looking = search == null && reading != null ? reading.all() : search;
        return answer == null ? looking : answer;
    }

    /** Until the next attempt is due, in nanoseconds. */
    long pauseNanos() {
        return Math.max(0, retryAt - task.nanoTime());
    }
}
