package io.jetsink.publish.fast;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.ModeChangeException;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.Publisher.Outcomes;
import io.jetsink.publish.StreamAdmission;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open batch of one epoch: what the server's replies mean for its messages, and how the batch ends.
 *
 * <p><b>Threads.</b> Confined to the task thread, except {@link #batch} and {@link #wasRefused}.
 */
final class OpenBatch {
    private static final Logger LOG = LoggerFactory.getLogger(OpenBatch.class);
    private static final byte[] EMPTY = {};

    private final Connection connection;
    private final FastReplies replies;
    private final StreamAdmission admission;
    private final LinkRate rate;
    private final LongSupplier clock;
    private final boolean hasFallback;

    private volatile @Nullable FastBatch batch;
    /** Whether the end of the batch was sent. */
    private boolean ending;

    private long endDue;
    private long endTimeout;
    /** Number of messages after which the server sends the next ack. */
    private long flow = 1;

    private @Nullable FastReply firstRefusal;
    private volatile boolean batchesRefused;

    /** @param hasFallback whether the task publishes without batches if the stream does not allow them any more */
    OpenBatch(
            Connection connection,
            FastReplies replies,
            StreamAdmission admission,
            LinkRate rate,
            LongSupplier clock,
            boolean hasFallback) {
        this.hasFallback = hasFallback;
        this.connection = connection;
        this.replies = replies;
        this.admission = admission;
        this.rate = rate;
        this.clock = clock;
    }

    /** The batch that was opened last, or null when its outcome is known. Any thread. */
    @Nullable
    FastBatch batch() {
        return batch;
    }

    /** Whether server or stream turned out not to accept batches. Any thread. */
    boolean wasRefused() {
        return batchesRefused;
    }

    void begin(FastBatch begun) {
        replies.follow(begun);
        flow = 1;
        batch = begun;
    }

    /** Whether the batch accepts no message: the server has not started the batch yet, or the batch ends. */
    boolean isBusy() {
        FastBatch open = batch;
        return ending || (open != null && open.sentCount() > 0 && (!open.started() || open.isConcluded()));
    }

    /** Whether a reply to this batch is due, at the latest when its end was sent. */
    boolean awaitsReply() {
        FastBatch open = batch;
        return open != null && (ending || open.hasOpenTail());
    }

    /** Ends the batch if no ack is due before more messages are sent. */
    void endUnlessAckIsDue() {
        FastBatch open = batch;
        if (open != null && open.sentCount() - open.acked() < flow) {
            endTail();
        }
    }

    /** Ends the batch, unless all of it is acked: a server that has discarded such a batch would refuse its end. */
    void endTail() {
        FastBatch open = batch;
        if (open != null && open.hasOpenTail()) {
            end(open);
        }
    }

    void end(FastBatch open) {
        if (ending || !open.started()) {
            return;
        }
        try {
            connection.publish(open.subject(), open.endReply(), null, EMPTY);
            ending = true;
            endTimeout = Publisher.FLUSH_AFTER.toNanos() + rate.aheadNanos();
            endDue = clock.getAsLong() + endTimeout;
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.debug("batch {} is not ended yet", open.id(), queueFullOrClosed);
        }
    }

    /** The open batch if it has this id and its end was not answered, or null. */
    @Nullable
    FastBatch unconcluded(String id) {
        FastBatch open = batch;
        return open != null && open.id().equals(id) && !open.isConcluded() ? open : null;
    }

    void onReply(FastBatch open, FastReply reply, Outcomes outcomes) {
        switch (reply.kind()) {
            case ACK -> onAck(open, reply, outcomes);
            case FINAL -> {
                replies.prove();
                conclude(open, reply.count(), outcomes);
            }
            case DUPLICATE -> {
                replies.prove();
                for (long each = open.acked() + 1; each <= open.sentCount(); each++) {
                    outcomes.duplicate(open.position(each));
                }
                conclude(open, reply.count(), outcomes);
            }
            case STORED -> {
                settleThrough(open, reply.count(), outcomes);
                open.conclude(reply.count());
                batchesRefused = true;
                outcomes.epochFailed(new CodedException(
                        ErrorCode.SERVER_TOO_OLD, "the server does not support fast-ingest batches"));
            }
            case REFUSED -> onRefused(open, reply, outcomes);
            case LOST -> {
                firstRefusal = reply;
                admission.distrust();
                if (reply.sequence() == 1) {
                    // No stream captured the first message, so there is no batch to end.
                    open.conclude(0);
                }
                outcomes.failed(open.position(Math.min(reply.sequence(), open.sentCount())), reply.cause());
            }
            case GAP, FOREIGN -> LOG.debug("a message of batch {} is missing, from {} on", open.id(), reply.sequence());
        }
    }

    private void onAck(FastBatch open, FastReply ack, Outcomes outcomes) {
        flow = Math.max(1, ack.count());
        endDue = clock.getAsLong() + endTimeout;
        if (replies.believesAcks()) {
            settleThrough(open, ack.sequence(), outcomes);
            return;
        }
        open.acked(0);
        if (ack.sequence() > 0) {
            // Some stream stored messages. The reply to the end names the stream.
            end(open);
        }
    }

    private void onRefused(FastBatch open, FastReply reply, Outcomes outcomes) {
        if (reply.code() == JetStreamErrorException.BATCH_DISABLED) {
            if (firstRefusal == null) {
                firstRefusal = reply;
                open.refusedFrom(reply.sequence());
            }
            if (reply.sequence() == 1) {
                open.conclude(0);
            }
            CodedException disabled =
                    new CodedException(ErrorCode.BATCHES_DISABLED, "the stream does not allow batches any more");
            outcomes.epochFailed(hasFallback ? new ModeChangeException(disabled) : disabled);
        } else if (reply.sequence() == 1) {
            // No batch began, though its start may have been acked, so no final reply follows.
            firstRefusal = reply;
            conclude(open, 0, outcomes);
        } else if (reply.code() == JetStreamErrorException.BATCH_UNKNOWN
                && firstRefusal == null
                && reply.sequence() == open.acked() + 1) {
            // The server has discarded the batch (ten idle seconds by default). Everything that was sent before the
            // refused
            // message, or before the end, is stored.
            discard(open, outcomes);
        } else if (reply.sequence() > open.sentCount()) {
            // The end itself was refused: the batch is over, and its outcome is open.
            outcomes.epochFailed(reply.cause());
        } else if (firstRefusal == null) {
            firstRefusal = reply;
            endTail();
        }
    }

    private void conclude(FastBatch open, long count, Outcomes outcomes) {
        settleThrough(open, count, outcomes);
        open.conclude(count);
        FastReply refused = firstRefusal;
        boolean continues = false;
        if (refused != null && admission.isDuplicate(refused.cause())) {
            outcomes.duplicate(open.position(refused.sequence()));
            continues = true;
        } else if (refused != null) {
            outcomes.failed(open.position(refused.sequence()), refused.cause());
            continues = FailureTriage.verdictOf(refused.cause()) == FailureTriage.Verdict.REJECT;
        }
        if (count < open.sentCount()) {
            if (!continues) {
                outcomes.epochFailed(new CodedException(
                        ErrorCode.MESSAGES_MISSING,
                        "the stream stored " + count + " of " + open.sentCount() + " messages of a batch"));
                return;
            }
            outcomes.unsent(open.position(count + 1));
        }
        forget();
    }

    /**
     * Ends a batch that the server has discarded and of which no outcome is open: acked messages are stored, and those after
     * them were refused. The next batch sends these again.
     */
    private void discard(FastBatch open, Outcomes outcomes) {
        open.conclude(open.acked());
        if (open.acked() < open.sentCount()) {
            outcomes.unsent(open.position(open.acked() + 1));
        }
        forget();
    }

    private void forget() {
        ending = false;
        firstRefusal = null;
        batch = null;
    }

    private static void settleThrough(FastBatch open, long sequence, Outcomes outcomes) {
        long known = Math.min(sequence, open.sentCount());
        if (known > open.acked()) {
            outcomes.settledThrough(open.position(known));
            outcomes.batched(known - open.acked(), open.acked() == 0);
        }
        open.acked(known);
    }

    /** Reports what the next epoch has found out about the batch, and an end that was not answered in time. */
    void report(Outcomes outcomes) {
        FastBatch open = batch;
        if (open == null) {
            return;
        }
        if (open.storedCount() > open.acked()) {
            settleThrough(open, open.storedCount(), outcomes);
        }
        if (ending && clock.getAsLong() - endDue > 0) {
            // A new leader does not know that the batch was to end.
            if (open.hasOpenTail()) {
                // The next epoch ends the batch again, in time.
                outcomes.epochFailed(unanswered());
            } else {
                discard(open, outcomes);
            }
        }
    }

    private IOException unanswered() {
        IOException elsewhere = replies.ackedElsewhere();
        if (elsewhere != null) {
            return elsewhere;
        }
        IOException foreign = replies.foreignAck();
        String text = "no answer to the end of a batch in "
                + Duration.ofNanos(endTimeout).toMillis() + " ms";
        return new CodedException(ErrorCode.NO_ACK, foreign == null ? text : text + "; " + foreign.getMessage());
    }
}
