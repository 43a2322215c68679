package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.Publisher;

/**
 * Why the server has refused an attempt to store a batch. Immutable.
 *
 * @param cause error of the first refused record if that is known, else of the batch
 * @param incomplete whether the server has forgotten the batch, or refused one of its messages
 */
record BatchRefusal(AtomicBatch batch, JetStreamErrorException cause, boolean incomplete) {
    /** The refusal of the latest attempt. If it does not name the record at fault, replies are requested for the next one. */
    static BatchRefusal of(AtomicBatch batch, JetStreamErrorException refusal) {
        if (refusal.code() != JetStreamErrorException.BATCH_INCOMPLETE) {
            return new BatchRefusal(batch, refusal, false);
        }
        int first = batch.firstRefused();
        JetStreamErrorException own = first < 0 ? null : batch.refusal(first);
        batch.requestReplies();
        return new BatchRefusal(batch, own == null ? refusal : own, true);
    }

    boolean isWrongSequence() {
        return cause.code() == JetStreamErrorException.WRONG_LAST_SEQUENCE;
    }

    /** Returns whether the stream, the account or the server is full. */
    boolean isFull() {
        return FailureTriage.verdictOf(cause) == FailureTriage.Verdict.BACK_PRESSURE;
    }

    /** Returns whether the same batch would be refused again at any time. */
    boolean isFinal() {
        return cause.code() == JetStreamErrorException.BATCH_TOO_LARGE
                || FailureTriage.verdictOf(cause) == FailureTriage.Verdict.REJECT;
    }

    /** Returns the error for operators, with what to change. */
    Problem problem() {
        return new Problem(FailureTriage.outageOf(cause), FailureTriage.describeWithAdvice(cause));
    }

    /** Rejects the record at fault if the batch is not stored, or makes the next batches smaller to find that record. */
    void condemn(ExactlyOnceState state, Publisher.Outcomes outcomes) {
        int size = batch.entries().size();
        int first = batch.firstRefused();
        if (size == 1 && cause.code() == JetStreamErrorException.MESSAGE_TOO_LARGE && batch.isOutweighedByMarker()) {
            String problem = StreamRequirements.refusesMarkers(state.target().name());
            outcomes.epochFailed(new MisconfiguredException(ErrorCode.STREAM_UNSUITABLE, problem, cause));
        } else if (size == 1 || first == 0) {
            outcomes.failed(
                    batch.position(),
                    new RejectedRecordException(
                            FailureTriage.rejectionOf(cause), FailureTriage.describe(cause), cause));
        } else if (first > 0) {
            state.batchSize().splitBefore(batch.entries().get(first).position());
        } else if (cause.code() == JetStreamErrorException.BATCH_TOO_LARGE) {
            state.batchSize().rejectSize(batch.messages());
        } else {
            state.batchSize().limitTo(1 + size / 2);
        }
    }
}
