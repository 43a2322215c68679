package io.jetsink.publish.once;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.OutageException;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamRequests;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stay of a partition, as the owner of its marker. To claim it, the marker is read from the stream's leader and written
 * again with a new owner, which fences whoever wrote it before. Only that may have to be repeated.
 *
 * <p><b>Threads.</b> Confined to the task thread; requests are futures that it looks at.
 */
final class PartitionClaim {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionClaim.class);
    private static final byte[] EMPTY = {};
    private static final long RETRY_NANOS = Duration.ofMillis(250).toNanos();
    /** So many failures in a row are the link's. */
    private static final int PATIENCE = 8;
    /**
     * How long another one who claims goes first. Connect gives a partition to one task only, so one of the two has lost it
     * and hears of that within some polls.
     */
    private static final long YIELD_NANOS = Duration.ofSeconds(5).toNanos();
    /** Nobody looked after the claim for so long: the worker stood still, and the partition may be gone meanwhile. */
    private static final long AWAY_NANOS = Duration.ofSeconds(3).toNanos();
    /** An answer that is on its way is looked for this often. */
    private static final long SOON_NANOS = Duration.ofMillis(50).toNanos();

    private final AssignedPartition partition;
    private final String subject;
    private final LongSupplier clock;
    private final String owner = NUID.nextGlobal();
    private final Replay replay;
    private final StartingPoint start;

    private State state = State.READ;
    /** Once it was held, another owner's marker means that this one is fenced. */
    private boolean wasHeld;

    private int failures;
    /** Times that the marker was not where it was written to, one after the other. */
    private int misplaced;

    private OffsetMarker marker = OffsetMarker.absent();
    private @Nullable CompletableFuture<Message> reading;
    private @Nullable CompletableFuture<Long> writing;
    private long retryAt;
    private long writtenAt;
    private long tendedAt;
    /** Who had it when this claim looked last; null before that. */
    private @Nullable String ownerBefore;

    /** The last record that was rejected and reported, while the marker does not cover it. */
    private @Nullable SinkRecord rejected;

    /** The highest offset that was handed to a batch, sent or not. */
    private long taken = OffsetMarker.NONE;

    /** @param clock nanoseconds that only go forward */
    PartitionClaim(AssignedPartition partition, String subject, LongSupplier clock) {
        this.partition = partition;
        this.subject = subject;
        this.clock = clock;
        this.replay = new Replay(partition, clock);
        this.start = new StartingPoint(partition);
        this.retryAt = clock.getAsLong();
        this.writtenAt = retryAt;
        this.tendedAt = retryAt;
    }

    AssignedPartition partition() {
        return partition;
    }

    String subject() {
        return subject;
    }

    String owner() {
        return owner;
    }

    boolean isHeld() {
        return state == State.HELD;
    }

    /** Whether records of the partition may be looked at: it is held, and the consumer begins where it has to. */
    boolean isReady() {
        return isHeld() && start.isKnown();
    }

    /** The stream sequence that the next marker has to replace. */
    long expected() {
        return marker.sequence();
    }

    /** This record goes into a batch. */
    void take(long offset) {
        taken = Math.max(taken, offset);
    }

    /** What was taken and is not stored will come again. */
    void forgetTaken() {
        taken = OffsetMarker.NONE;
    }

    /** Whether a record like this one is on its way; what becomes of this one depends on it. */
    boolean isOnItsWay(long offset) {
        return offset <= taken && offset > marker.offset();
    }

    /** A batch with a marker of ours was stored. */
    void advanced(OffsetMarker stored) {
        marker = stored;
        writtenAt = clock.getAsLong();
    }

    /** What stands in the stream of a partition that was held. Ours: goes on from there. */
    void found(OffsetMarker found) {
        if (found.isAbsent()) {
            if (!marker.isAbsent()) {
                LOG.warn(
                        "the marker {} of {} is gone from the stream; it is written again from offset {} as remembered",
                        subject,
                        partition.id(),
                        marker.offset());
            }
            marker = new OffsetMarker(0, marker.offset(), marker.timestamp(), marker.timestampType(), owner, "");
            state = State.WRITE;
        } else if (found.owner().equals(owner)) {
            marker = found;
            state = State.HELD;
        } else {
            fence();
        }
    }

    private void fence() {
        if (!partition.abandoned()) {
            LOG.warn(
                    "{} is fenced: another task has claimed it in the stream. This task publishes and commits nothing more"
                            + " for it",
                    partition.id());
            partition.fence();
        }
    }

    /** Forgets requests that went with their connection. */
    void reconnected() {
        forgetTaken();
        reading = null;
        writing = null;
        failures = 0;
        if (state != State.HELD) {
            state = State.READ;
        }
    }

    /** This record was rejected, and its report is safe. Everything before it is settled. */
    void rejected(SinkRecord record) {
        rejected = record;
    }

    /**
     * Moves the marker to a rejected record, unless a batch is about to move it further: the next claim would have the
     * consumer deliver the record once more, and it would be reported again.
     */
    void coverRejected() {
        SinkRecord record = rejected;
        if (record == null || !isReady()) {
            return;
        }
        if (record.originalKafkaOffset() <= marker.offset()) {
            rejected = null;
        } else if (taken <= marker.offset()) {
            marker = OffsetMarker.of(record, marker.sequence(), owner, "");
            state = State.WRITE;
        }
    }

    /**
     * Has the marker written again before it ages out of the stream.
     *
     * @param afterNanos age at which it is due; 0 if markers do not age
     */
    void refresh(long afterNanos) {
        if (afterNanos > 0 && state == State.HELD && clock.getAsLong() - writtenAt > afterNanos) {
            state = State.WRITE;
        }
    }

    /**
     * Goes on with the claim.
     *
     * @throws UnrecoverableException if a person has to decide
     * @throws IOException if it fails again and again
     */
    void tend(Connection connection, StreamRequests requests, String getSubject, Duration timeout, boolean keep)
            throws IOException {
        if (state == State.HELD || partition.abandoned()) {
            return;
        }
        long now = clock.getAsLong();
        // Once held, another owner's marker is what fences: a late answer is as good as any.
        boolean wasAway = !wasHeld && now - tendedAt > AWAY_NANOS && isAsking();
        tendedAt = now;
        if (wasAway) {
            yieldToOthers();
        }
        if (now - retryAt < 0) {
            return;
        }
        try {
            goOn(connection, requests, getSubject, timeout, keep);
        } catch (IllegalStateException queueFullOrClosed) {
            again("asking for", queueFullOrClosed);
        }
    }

    private void goOn(Connection connection, StreamRequests requests, String getSubject, Duration timeout, boolean keep)
            throws IOException {
        long nanos = timeout.toNanos();
        if (state == State.READ || state == State.READ_BACK) {
            CompletableFuture<Message> answer = reading;
            if (answer == null) {
                reading = connection
                        .requestWithTimeout(getSubject, OffsetMarker.request(subject), timeout)
                        .orTimeout(nanos, TimeUnit.NANOSECONDS);
            } else if (answer.isDone()) {
                reading = null;
                readDone(answer);
            }
        }
        if (isToBeWritten()) {
            CompletableFuture<Long> ack = writing;
            if (ack == null) {
                marker = new OffsetMarker(
                        marker.sequence(), marker.offset(), marker.timestamp(), marker.timestampType(), owner, "");
                writing = requests.store(subject, marker.headers(marker.sequence(), keep), EMPTY)
                        .orTimeout(nanos, TimeUnit.NANOSECONDS);
            } else if (ack.isDone()) {
                writing = null;
                writeDone(ack);
            }
        }
    }

    /** A partition without records and without a marker gets none. */
    private boolean isToBeWritten() {
        return state == State.WRITE && !partition.abandoned() && !(marker.isAbsent() && isUnused());
    }

    private boolean isUnused() {
        return !wasHeld && !partition.hasRecords();
    }

    /** Whether a request is under way. */
    boolean isAsking() {
        return reading != null || writing != null;
    }

    /** Whether a request is under way or to be sent. */
    boolean isPending() {
        return !partition.abandoned()
                && (state == State.READ || state == State.READ_BACK || isAsking() || isToBeWritten());
    }

    /** Compares the consumer with the marker, if the claim is held, and reminds people of what is withheld. */
    void compare(Publisher.Outcomes outcomes) {
        if (isHeld()) {
            start.compare(marker, outcomes);
        }
        replay.tend(marker);
    }

    /**
     * How soon this claim has to be looked after; {@link Long#MAX_VALUE} if not by itself.
     *
     * @param refreshNanos see {@link #refresh}; 0 if markers do not age
     */
    long dueNanos(long refreshNanos) {
        if (isPending()) {
            return SOON_NANOS;
        }
        long refresh = isHeld() && refreshNanos > 0
                ? Math.max(0, writtenAt + refreshNanos + 1 - clock.getAsLong())
                : Long.MAX_VALUE;
        return Math.min(refresh, replay.dueNanos());
    }

    /** Until the next request is due. */
    long pauseNanos() {
        return Math.max(0, retryAt - clock.getAsLong());
    }

    /** Waits for the request that is under way, if any. */
    boolean await(long nanos) throws InterruptedException {
        CompletableFuture<?> pending = reading != null ? reading : writing;
        if (pending == null) {
            return false;
        }
        try {
            pending.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException known) {
            // Looked at by tend.
            return true;
        }
        return true;
    }

    private void readDone(CompletableFuture<Message> answer) throws IOException {
        try {
            OffsetMarker read = OffsetMarker.read(answer.join());
            if (state == State.READ_BACK) {
                readBack(read);
            } else if (wasHeld) {
                found(read);
            } else if (ownerBefore != null && !ownerBefore.equals(read.owner()) && !owner.equals(read.owner())) {
                ownerBefore = read.owner();
                yieldToOthers();
            } else {
                ownerBefore = read.owner();
                marker = read;
                state = State.WRITE;
            }
        } catch (UnrecoverableException e) {
            throw e;
        } catch (IOException | CompletionException | CancellationException e) {
            again("reading", e);
        }
    }

    /** The first marker of a partition is held when it was read where it was written to. */
    private void readBack(OffsetMarker read) throws IOException {
        if (read.sequence() == marker.sequence()) {
            hold();
            return;
        }
        state = State.READ;
        if (read.isAbsent()) {
            misplaced();
        }
    }

    /**
     * The stream has a marker, by its ack or its refusal, and none is found at its subject.
     *
     * @throws UnrecoverableException the second time, as somebody may have removed it or written another one in between
     */
    private void misplaced() throws UnrecoverableException {
        retryAt = clock.getAsLong() + RETRY_NANOS;
        if (++misplaced > 1) {
            throw new UnrecoverableException(partition.id() + " cannot be claimed: " + MovedMarkers.text(subject));
        }
    }

    private void hold() {
        state = State.HELD;
        wasHeld = true;
        writtenAt = clock.getAsLong();
        failures = 0;
        misplaced = 0;
        LOG.debug("{} is claimed at offset {}", partition.id(), marker.offset());
    }

    private void writeDone(CompletableFuture<Long> ack) throws IOException {
        boolean isFirst = marker.isAbsent();
        try {
            marker = new OffsetMarker(
                    ack.join(), marker.offset(), marker.timestamp(), marker.timestampType(), owner, "");
            if (isFirst) {
                state = State.READ_BACK;
            } else {
                hold();
            }
        } catch (CompletionException | CancellationException e) {
            state = State.READ;
            if (isFirst && FailureTriage.of(e) == FailureTriage.Verdict.FENCED) {
                misplaced();
            }
            again("writing", e);
        }
    }

    private void yieldToOthers() {
        LOG.debug("{}: another task may be claiming it; waiting for {} ms", partition.id(), YIELD_NANOS / 1_000_000);
        reading = null;
        writing = null;
        state = State.READ;
        retryAt = clock.getAsLong() + YIELD_NANOS;
    }

    private void again(String what, Exception cause) throws IOException {
        String reason = FailureTriage.reason(cause);
        LOG.debug("{}: {} the marker {} is tried again: {}", partition.id(), what, subject, reason);
        retryAt = clock.getAsLong() + RETRY_NANOS;
        if (++failures == PATIENCE) {
            failures = 0;
            throw new OutageException(what + " the marker " + subject + " fails: " + reason, cause);
        }
    }

    /**
     * Whether a record is in the stream already, by the marker. It is then withheld from commits until it is sure that the
     * marker speaks of this very log.
     *
     * @throws UnrecoverableException if it speaks of another
     */
    boolean isStored(SinkRecord record) throws UnrecoverableException {
        long offset = record.originalKafkaOffset();
        if (offset > marker.offset()) {
            replay.passed(offset, marker);
            return false;
        }
        replay.withhold(record, marker);
        return true;
    }

    private enum State {
        READ,
        WRITE,
        READ_BACK,
        HELD
    }
}
