package io.jetsink.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
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
    private static final ObjectMapper JSON = new ObjectMapper();

    /** "wrong last sequence". */
    private static final int WRONG_SEQUENCE = 10071;
    /** "atomic publish batch is incomplete": the server has forgotten it, or refused one of its messages. */
    private static final int INCOMPLETE = 10176;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Connection connection;
    private final ExactlyOnce task;

    private @Nullable CompletableFuture<Message> answer;
    private @Nullable MarkerReading markers;

    private long retryAt;
    private long retryPause = RETRY_NANOS;
    private boolean gaveBack;

    BatchOutcome(Connection connection, ExactlyOnce task) {
        this.connection = connection;
        this.task = task;
        this.retryAt = task.nanoTime();
    }

    /**
     * Looks at what has been answered.
     *
     * @return whether a batch may be committed now: the unresolved one again, or else the next
     */
    boolean isReady(Publisher.Outcomes outcomes) {
        CompletableFuture<Message> commit = answer;
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
        return task.nanoTime() - retryAt >= 0;
    }

    /** Commits a batch, whose outcome is open from now on. */
    void commit(AtomicBatch batch, Publisher.Outcomes outcomes) {
        task.unresolved(batch);
        try {
            answer = batch.commit(connection, task.timeout(), task.keepMarkers());
        } catch (IllegalStateException queueFullOrClosed) {
            again("the connection takes no more", outcomes);
        }
    }

    private void answered(CompletableFuture<Message> commit, Publisher.Outcomes outcomes) {
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            return;
        }
        try {
            Message message = commit.join();
            if (message.isStatusMessage()) {
                again(String.valueOf(message.getStatus()), outcomes);
                return;
            }
            JsonNode json = JSON.readTree(message.getData());
            StreamErrorException refused = StreamErrorException.in(message.getData());
            if (refused != null) {
                refused(batch, refused, outcomes);
            } else if (AckSequence.isOne(json.path("seq").asLong())
                    && batch.isNamed(
                            json.path("batch").asText(), json.path("count").asInt())
                    && task.stream().equals(json.path("stream").asText())) {
                batch.stored(json.path("seq").asLong());
                settled(batch, outcomes);
            } else {
                again("an answer that is no ack of stream " + task.stream(), outcomes);
            }
        } catch (CompletionException | CancellationException | IOException e) {
            again(FailureTriage.reason(e), outcomes);
        }
    }

    private void refused(AtomicBatch batch, StreamErrorException refusal, Publisher.Outcomes outcomes) {
        StreamErrorException cause = refusal;
        if (cause.code() == INCOMPLETE) {
            int culprit = batch.culprit();
            StreamErrorException own = culprit < 0 ? null : batch.refusal(culprit);
            cause = own == null ? refusal : own;
            batch.ask();
        }
        int code = cause.code();
        if (code == WRONG_SEQUENCE) {
            readMarkers(batch, null, outcomes);
        } else if (isFull(cause) && batch.entries().size() > 1) {
            readMarkers(batch, cause, outcomes);
        } else if (code != StreamErrorException.BATCH_TOO_LARGE
                && FailureTriage.of(cause) != FailureTriage.Verdict.REJECT) {
            again(FailureTriage.told(cause), outcomes);
        } else if (batch.wasSentBefore()) {
            // This attempt is not stored, but one before may be.
            readMarkers(batch, cause, outcomes);
        } else {
            condemned(batch, cause, outcomes);
        }
    }

    private static boolean isFull(StreamErrorException refusal) {
        return FailureTriage.of(refusal) == FailureTriage.Verdict.BACK_PRESSURE;
    }

    /** For certain not stored. One of its records is at fault, or all together. */
    private void condemned(AtomicBatch batch, StreamErrorException cause, Publisher.Outcomes outcomes) {
        int size = batch.entries().size();
        int culprit = batch.culprit();
        if (size == 1 && cause.code() == StreamErrorException.MESSAGE_TOO_LARGE && batch.isOutweighedByMarker()) {
            outcomes.failed(0, new MistakeException(ExactlyOnceStream.tooSmall(task.stream()), cause));
        } else if (size == 1 || culprit == 0) {
            outcomes.failed(batch.position(), new RejectedRecordException(FailureTriage.reason(cause), cause));
        } else if (culprit > 0) {
            task.cutBefore(batch.entries().get(culprit).position());
        } else if (cause.code() == StreamErrorException.BATCH_TOO_LARGE) {
            task.tooLarge(batch.messages());
        } else {
            task.limitBatches(1 + size / 2);
        }
        giveBack(batch, outcomes);
    }

    /** For certain not stored, and so nothing behind it: the ring sends it again. */
    void giveBack(AtomicBatch batch, Publisher.Outcomes outcomes) {
        task.unresolved(null);
        task.forgetTaken();
        gaveBack = true;
        outcomes.unsent(batch.position());
    }

    /** Whether a batch was given back since this was asked last; records behind it are to be forgotten then. */
    boolean gaveBack() {
        boolean did = gaveBack;
        gaveBack = false;
        return did;
    }

    private void settled(AtomicBatch batch, Publisher.Outcomes outcomes) {
        batch.entries().forEach(entry -> outcomes.settled(entry.position()));
        task.unresolved(null);
        task.widenBatches();
        retryPause = RETRY_NANOS;
    }

    /** After a pause; and when that does not help, in the next epoch, which tells people why. */
    private void again(String why, Publisher.Outcomes outcomes) {
        LOG.debug("a batch of unknown outcome is sent again in {} ms: {}", retryPause / 1_000_000, why);
        retryAt = task.nanoTime() + retryPause;
        if (retryPause == RETRY_MAX_NANOS) {
            outcomes.failed(0, new IOException("a batch stays without an ack: " + why));
        }
        retryPause = Math.min(2 * retryPause, RETRY_MAX_NANOS);
    }

    /** The refusal does not say which marker: read each of the batch. */
    private void readMarkers(AtomicBatch batch, @Nullable StreamErrorException why, Publisher.Outcomes outcomes) {
        try {
            markers = MarkerReading.of(batch, why, connection, task);
        } catch (IllegalStateException queueFullOrClosed) {
            again("the connection takes no more", outcomes);
        }
    }

    private void compare(MarkerReading reading, Publisher.Outcomes outcomes) {
        if (!reading.isDone()) {
            return;
        }
        markers = null;
        StreamErrorException why = reading.refusal();
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            return;
        }
        try {
            Map<Claim, Marker> found = reading.found();
            found.forEach(Claim::found);
            if (found.values().stream().anyMatch(batch::wrote)) {
                LOG.debug("a batch was stored by an earlier attempt");
                settled(batch, outcomes);
            } else if (why != null && isFull(why)) {
                // A stream may be full for hours. What asks whether there is room need not be a thousand messages.
                task.limitBatches(1);
                giveBack(batch, outcomes);
                again(FailureTriage.told(why), outcomes);
            } else if (why != null) {
                condemned(batch, why, outcomes);
            } else {
                // What is not stored and still ours goes again, in a batch of its own. Not at once: on a cluster, the
                // leader refuses by what is on its way, and the markers tell what has arrived.
                giveBack(batch, outcomes);
                retryAt = task.nanoTime() + RETRY_NANOS;
            }
        } catch (DefiniteException definite) {
            outcomes.failed(0, definite);
        } catch (IOException | CompletionException | CancellationException e) {
            again(FailureTriage.reason(e), outcomes);
        }
    }

    /** Completes with the answer that is outstanding; null if none is. */
    @Nullable
    CompletableFuture<?> pending() {
        MarkerReading reading = markers;
        return answer == null && reading != null ? reading.all() : answer;
    }

    /** Until the next attempt is due, in nanoseconds. */
    long pauseNanos() {
        return Math.max(0, retryAt - task.nanoTime());
    }
}
