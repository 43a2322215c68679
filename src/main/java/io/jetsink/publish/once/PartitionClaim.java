package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ownership of one assignment of a partition, recorded in its offset marker. To claim the partition, the task reads the marker
 * from the stream's leader and writes it again with a new owner. The stream then refuses batches of the previous owner, which
 * is <i>fenced</i>.
 *
 * <p><b>Threads.</b> Confined to the task thread, which looks at the futures of requests.
 */
final class PartitionClaim {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionClaim.class);
    /** Interval in which an expected reply is looked at. */
    private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

    private final AssignedPartition partition;
    private final String subject;
    private final LongSupplier clock;
    private final String owner = NUID.nextGlobal();
    private final ClaimPacing pacing;
    private final PartitionRecords records;

    private State state = State.READ;
    /** Whether it was held before: then the marker of another owner means that this one is fenced. */
    private boolean onceHeld;

    private OffsetMarker marker = OffsetMarker.absent();
    private @Nullable CompletableFuture<OffsetMarker> reading;
    private @Nullable CompletableFuture<Long> writing;
    private long writtenAt;

    /** @param clock nanoseconds that only increase */
    PartitionClaim(AssignedPartition partition, String subject, LongSupplier clock) {
        this.partition = partition;
        this.subject = subject;
        this.clock = clock;
        this.pacing = new ClaimPacing(partition.id(), subject, clock);
        this.records = new PartitionRecords(partition, clock, () -> marker);
        this.writtenAt = clock.getAsLong();
    }

    AssignedPartition partition() {
        return partition;
    }

    PartitionRecords records() {
        return records;
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

    /** Returns whether the claim is held and the consumer has the right position, so that records may be published. */
    boolean isReady() {
        return isHeld() && records.areReady();
    }

    /** Returns the stream sequence of the marker that the next one has to replace. */
    long expected() {
        return marker.sequence();
    }

    void markerReplaced(OffsetMarker stored) {
        marker = stored;
        writtenAt = clock.getAsLong();
    }

    /** Compares the marker in the stream with the claim, which was held before. */
    void reconcile(OffsetMarker found) {
        if (found.isAbsent()) {
            if (!marker.isAbsent()) {
                LOG.warn(
                        "{} {}: the offset marker {} is no longer in the stream; the task writes it again with offset {}",
                        ErrorCode.MARKER_MISSING,
                        partition.logName(),
                        subject,
                        marker.offset());
            }
            marker = marker.writtenBy(owner, 0);
            state = State.WRITE;
        } else if (found.owner().equals(owner)) {
            marker = found;
            pacing.found();
            state = State.HELD;
        } else {
            fence();
        }
    }

    private void fence() {
        if (!partition.abandoned()) {
            LOG.warn(
                    "{} {} is fenced: another task has claimed it in the stream. This task publishes and commits nothing more"
                            + " for this partition",
                    ErrorCode.FENCED,
                    partition.logName());
            partition.fence();
        }
    }

    /** Forgets the requests of the previous connection. */
    void reconnected() {
        records.forgetReserved();
        reading = null;
        writing = null;
        pacing.forgetFailures();
        if (state != State.HELD) {
            state = State.READ;
        }
    }

    /**
     * Moves the marker to a rejected record at the end of the partition. Otherwise the next claim would send the consumer back
     * to the record, and it would be reported again.
     */
    void coverRejected() {
        SinkRecord record = isReady() ? records.uncovered() : null;
        if (record != null) {
            marker = OffsetMarker.of(record, marker.sequence(), owner, "");
            state = State.WRITE;
        }
    }

    /**
     * Writes the marker again before the stream removes it for its age.
     *
     * @param afterNanos age at which it is written again; 0: never
     */
    void refresh(long afterNanos) {
        if (afterNanos > 0 && state == State.HELD && clock.getAsLong() - writtenAt > afterNanos) {
            state = State.WRITE;
        }
    }

    /**
     * Continues to claim the partition, or to write its marker again.
     *
     * @throws UnrecoverableException if an operator has to decide
     * @throws IOException after several failures in a row
     */
    void advance(MarkerStore markers) throws IOException {
        if (state == State.HELD || partition.abandoned()) {
            return;
        }
        // A claim that was held before is fenced by the marker of another owner, so that a late reply does no harm.
        if (pacing.wasAway() && !onceHeld && request() != null) {
            yieldToOthers();
        }
        if (pacing.pauseNanos() > 0) {
            return;
        }
        try {
            step(markers);
        } catch (IllegalStateException queueFullOrClosed) {
            pacing.failed("requesting", queueFullOrClosed);
        }
    }

    private void step(MarkerStore markers) throws IOException {
        if (isToBeRead()) {
            CompletableFuture<OffsetMarker> reply = reading;
            if (reply == null) {
                reading = markers.read(subject);
            } else if (reply.isDone()) {
                reading = null;
                readDone(reply);
            }
        }
        if (isToBeWritten()) {
            CompletableFuture<Long> ack = writing;
            if (ack == null) {
                marker = marker.writtenBy(owner, marker.sequence());
                writing = markers.write(subject, marker);
            } else if (ack.isDone()) {
                writing = null;
                writeDone(ack);
            }
        }
    }

    private boolean isToBeRead() {
        return state == State.READ || state == State.READ_BACK;
    }

    /** Returns whether the marker has to be written. A partition without records and without a marker gets none. */
    private boolean isToBeWritten() {
        boolean unused = marker.isAbsent() && !onceHeld && !partition.hasRecords();
        return state == State.WRITE && !partition.abandoned() && !unused;
    }

    /** Returns the request that is not answered, or null. */
    @Nullable
    CompletableFuture<?> request() {
        return reading != null ? reading : writing;
    }

    /** Returns whether a request is not answered, or has to be sent. */
    boolean isPending() {
        return !partition.abandoned() && (isToBeRead() || request() != null || isToBeWritten());
    }

    void followConsumer(Publisher.Outcomes outcomes) {
        records.followConsumer(isHeld(), outcomes);
    }

    /**
     * Returns the nanoseconds until the claim needs a call; {@link Long#MAX_VALUE} if it needs none.
     *
     * @param refreshNanos see {@link #refresh}
     */
    long dueNanos(long refreshNanos) {
        if (isPending()) {
            return POLL_NANOS;
        }
        long refresh = isHeld() && refreshNanos > 0
                ? Math.max(0, writtenAt + refreshNanos + 1 - clock.getAsLong())
                : Long.MAX_VALUE;
        return Math.min(refresh, records.dueNanos());
    }

    long pauseNanos() {
        return pacing.pauseNanos();
    }

    private void readDone(CompletableFuture<OffsetMarker> reply) throws IOException {
        OffsetMarker read;
        try {
            read = reply.join();
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof UnrecoverableException fatal) {
                throw fatal;
            }
            pacing.failed("reading", e);
            return;
        }
        if (state == State.READ_BACK) {
            readBack(read);
        } else if (onceHeld) {
            reconcile(read);
        } else if (pacing.isContested(owner, read.owner())) {
            yieldToOthers();
        } else {
            marker = read;
            state = State.WRITE;
        }
    }

    /** Holds the claim if the first marker of the partition is found under the subject to which it was written. */
    private void readBack(OffsetMarker read) throws IOException {
        if (read.sequence() == marker.sequence()) {
            hold();
            return;
        }
        state = State.READ;
        if (read.isAbsent()) {
            pacing.misplaced();
        }
    }

    private void hold() {
        state = State.HELD;
        onceHeld = true;
        writtenAt = clock.getAsLong();
        pacing.forgetFailures();
        pacing.found();
        LOG.debug("{} is claimed at offset {}", partition.logName(), marker.offset());
    }

    private void writeDone(CompletableFuture<Long> ack) throws IOException {
        boolean isFirst = marker.isAbsent();
        try {
            marker = marker.writtenBy(owner, ack.join());
            if (isFirst) {
                state = State.READ_BACK;
            } else {
                hold();
            }
        } catch (CompletionException | CancellationException e) {
            state = State.READ;
            if (isFirst && FailureTriage.isWrongLastSequence(e)) {
                pacing.misplaced();
            }
            pacing.failed("writing", e);
        }
    }

    private void yieldToOthers() {
        reading = null;
        writing = null;
        state = State.READ;
        pacing.yieldToOthers();
    }

    private enum State {
        /** The marker is to be read. */
        READ,
        /** The marker is to be written with this owner. */
        WRITE,
        /** The first marker of the partition was written, and is to be read under its subject. */
        READ_BACK,
        HELD
    }
}
