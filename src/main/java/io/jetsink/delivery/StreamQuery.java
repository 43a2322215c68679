package io.jetsink.delivery;

import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Queries a stream that is silent ({@link Publisher#query}), at most once a second. A stream that answers, and
 * has not acked what was sent before the query, will not ack it: the message or its ack is lost, for example with a leader.
 *
 * <p>The answer to the first query proves nothing, because a leader answers at once and acks when a majority of the
 * replicas has stored the message. Confined to the task thread.
 */
final class StreamQuery {
    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();
    /** Silence before the first query, without the round trips. */
    private static final long SILENCE = Duration.ofSeconds(1).toNanos();
    /** Number of round trips that are added to the silence. */
    private static final int ROUND_TRIPS = 2;
    /** How often the silence may double. */
    private static final int MOST_DOUBLINGS = 4;

    /** Time for acks that arrived just before the answer to be harvested. */
    private static final long HARVEST = Duration.ofMillis(50).toNanos();

    private final LongSupplier clock;
    private final LinkRate rate;

    private @Nullable CompletableFuture<Boolean> answer;
    private int queries;
    private long queriedAt;
    private boolean answered;
    private long answeredAt;
    /** Epochs that ended by an answer since the last settled record. Each doubles the silence: the stream may be slow. */
    private int inVain;

    StreamQuery(LongSupplier clock, LinkRate rate) {
        this.clock = clock;
        this.rate = rate;
    }

    /**
     * Sends a query if one is due.
     *
     * @param pending the record whose subject the stream captures
     * @param silence nanoseconds without an outcome
     * @param ahead nanoseconds that the data in flight needs
     * @return whether what is in flight will not be acked any more
     */
    boolean isLost(Publisher open, PendingRecord pending, long silence, long ahead) {
        CompletableFuture<Boolean> known = answer;
        long now = clock.getAsLong();
        if (answered) {
            if (now - answeredAt < HARVEST) {
                return false;
            }
            inVain = Math.min(inVain + 1, MOST_DOUBLINGS);
            restart();
            return true;
        }
        if (queries > 1 && known != null && known.isDone() && known.join()) {
            answered = true;
            answeredAt = now;
        } else if (silence >= (SILENCE + ROUND_TRIPS * rate.roundTripNanos()) << inVain
                && (queries == 0 || now - queriedAt >= INTERVAL)) {
            answer = open.query(pending, Duration.ofNanos(ahead));
            queries++;
            queriedAt = now;
        }
        return false;
    }

    /** Notes that a record was settled. */
    void settled() {
        inVain = 0;
    }

    /** Notes that an outcome has arrived, or another epoch has begun. */
    void restart() {
        answer = null;
        queries = 0;
        answered = false;
    }
}
