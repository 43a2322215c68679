package io.jetsink.publish.once;

import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the server checks and stores markers under other subjects than they are sent to, which a {@code
 * subject_transform} of the stream or a mapping of the account makes it do: it refuses batches with "wrong last sequence"
 * (10071) although their markers are unchanged (ADR 0022, nats-server 2.15.1).
 *
 * <p>One object per task; it outlives epochs. <b>Threads.</b> Confined to the task thread.
 */
final class MovedMarkers {
    private static final Logger LOG = LoggerFactory.getLogger(MovedMarkers.class);
    /** Refusals in a row that are believed. A marker that was on its way is in the stream long before the last one. */
    private static final int ROUNDS = 5;

    private static final int LOOK_UP = 2;
    private static final long FIRST_PAUSE = Duration.ofMillis(200).toNanos();
    private static final long LAST_PAUSE = Duration.ofSeconds(5).toNanos();

    private final MarkerSubjects markers;
    private int rounds;
    private boolean believed;
    private @Nullable CompletableFuture<TargetStream> asked;

    MovedMarkers(MarkerSubjects markers) {
        this.markers = markers;
    }

    /** Returns cause and action for markers that are not where they were sent to. */
    static String text(String subjects) {
        return "the server stores markers under other subjects than " + subjects
                + ", so they cannot be read or replaced: limit the mappings of the NATS account, and the subject_transform"
                + " of the stream, to the records' subjects";
    }

    /** A batch was stored. */
    void stored() {
        rounds = 0;
        asked = null;
    }

    /** Whether the last batch was refused, so that it is better to send small ones, and nothing ahead of them. */
    boolean areSuspected() {
        return rounds > 0;
    }

    /** A batch was refused, and its markers are the ones that it was to replace. Looks the stream up if that repeats. */
    void refused(TargetStream stream, Connection connection, Duration ahead) {
        rounds++;
        believed = rounds >= ROUNDS;
        LOG.debug("a batch was refused for its markers, which are unchanged; time in a row: {}", rounds);
        if (rounds >= LOOK_UP && asked == null) {
            try {
                asked = stream.lookUpAgain(connection, ahead);
            } catch (IllegalStateException queueFullOrClosed) {
                LOG.trace("the stream is looked up after the next refusal", queueFullOrClosed);
            }
        }
    }

    /** Returns how long to wait before the next attempt, in nanoseconds. */
    long pauseNanos() {
        return Math.min(LAST_PAUSE, FIRST_PAUSE << Math.min(rounds, ROUNDS));
    }

    /** Returns what a person has to change, once for each refusal, or null while that is not known. */
    @Nullable
    MisconfiguredException mistake() {
        CompletableFuture<TargetStream> look = asked;
        if (look != null && look.isDone()) {
            asked = null;
            String problem = look.isCompletedExceptionally()
                    ? null
                    : markers.requirements().problem(look.join());
            if (problem != null) {
                return new MisconfiguredException(problem);
            }
        }
        boolean isNews = believed;
        believed = false;
        return !isNews
                ? null
                : new MisconfiguredException(
                        "batches are refused with wrong last sequence [10071] although their markers are"
                                + " unchanged: " + text(markers.filter()));
    }

    /** A new epoch: look-ups of the one before will not be answered. */
    void reconnected() {
        asked = null;
    }
}
