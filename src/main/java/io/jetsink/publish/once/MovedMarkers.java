package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that the server checks and stores offset markers under other subjects than those to which they are sent, because of
 * a {@code subject_transform} of the stream or a mapping of the account. The server then refuses batches with "wrong last
 * sequence" (10071) although their markers are unchanged (ADR 0022, nats-server 2.15.1). Outlives epochs.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class MovedMarkers {
    private static final Logger LOG = LoggerFactory.getLogger(MovedMarkers.class);
    /** Refusals in a row that are reported. A marker that was in process is in the stream long before the last one. */
    private static final int ROUNDS = 5;
    /** Refusals in a row after which the stream is looked up. */
    private static final int LOOK_UP_ROUNDS = 2;

    private static final long FIRST_PAUSE = Duration.ofMillis(200).toNanos();
    private static final long LAST_PAUSE = Duration.ofSeconds(5).toNanos();

    private final MarkerSubjects markers;
    private int rounds;
    private boolean isNews;
    private @Nullable CompletableFuture<TargetStream> lookUp;

    MovedMarkers(MarkerSubjects markers) {
        this.markers = markers;
    }

    /** Returns cause and action for markers that are stored under other subjects. */
    static String text(String subjects) {
        return "the server stores offset markers under other subjects than " + subjects
                + ", so the connector cannot read or replace them: limit the mappings of the NATS account, and the subject_transform"
                + " of the stream, to the records' subjects";
    }

    void stored() {
        rounds = 0;
        lookUp = null;
    }

    /** Returns whether the last batch was refused, so that records are not sent before the commit of their batch. */
    boolean areSuspected() {
        return rounds > 0;
    }

    /** Notes that a batch was refused although its markers are unchanged. Looks the stream up if that repeats. */
    void refused(TargetStream stream, Connection connection, Duration ahead) {
        rounds++;
        isNews = rounds >= ROUNDS;
        LOG.debug("a batch was refused for its markers, which are unchanged; time in a row: {}", rounds);
        if (rounds >= LOOK_UP_ROUNDS && lookUp == null) {
            try {
                lookUp = stream.lookUpAgain(connection, ahead);
            } catch (IllegalStateException queueFullOrClosed) {
                LOG.trace("the stream is looked up after the next refusal", queueFullOrClosed);
            }
        }
    }

    long pauseNanos() {
        return Math.min(LAST_PAUSE, FIRST_PAUSE << Math.min(rounds, ROUNDS));
    }

    /** Returns what an operator has to change, once for each refusal, or null while that is not known. */
    @Nullable
    MisconfiguredException misconfiguration() {
        CompletableFuture<TargetStream> found = lookUp;
        if (found != null && found.isDone()) {
            lookUp = null;
            String problem = found.isCompletedExceptionally()
                    ? null
                    : markers.requirements().problem(found.join());
            if (problem != null) {
                return new MisconfiguredException(ErrorCode.STREAM_UNSUITABLE, problem);
            }
        }
        boolean report = isNews;
        isNews = false;
        return !report
                ? null
                : new MisconfiguredException(
                        ErrorCode.MARKERS_MOVED,
                        "batches are refused with wrong last sequence [10071] although their offset markers"
                                + " are unchanged: " + text(markers.filter()));
    }

    /** Begins an epoch: look-ups of the previous one will not be answered. */
    void reconnected() {
        lookUp = null;
    }
}
