package io.jetsink.publish.fast;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.StreamFeature;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamAdmission;
import io.jetsink.publish.SubjectQuestion;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens fast-ingest epochs ({@code publish.mode=fast}), with {@code auto} only if server and stream support batches. Checks
 * this for each epoch, so that an upgraded server or an edited stream is noticed.
 *
 * <p><b>Threads.</b> Confined to the supervisor's background thread.
 */
public final class FastIngestStrategy implements PublishStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(FastIngestStrategy.class);
    private static final StreamRequirements ACKS = StreamRequirements.of(StreamFeature.ACKS);
    private static final StreamRequirements BATCHES = StreamRequirements.of(StreamFeature.FAST);
    /** Failed lookups of the stream after which {@code auto} publishes without batches. */
    private static final int MAX_LOOKUPS = 3;

    private final String name;
    private final PublishSettings settings;
    private final CachedStreamLookup lookUp;
    private final PublishStrategy otherwise;
    private final ForeignReplies foreign;
    private final LinkRate rate;
    private final LongSupplier clock;
    /** The publisher of the epoch before; null before the first, and after an epoch without batches. */
    private @Nullable FastPublisher last;

    /** The open epoch without batches, if the stream does not allow them; else null. */
    private @Nullable Slower slower;

    private String loggedMode = "";
    private boolean known;
    private int failedLookups;

    private record Slower(TargetStream stream, AsyncPublisher publisher) {}

    /** @param otherwise the strategy of {@code auto} where batches are not supported */
    public FastIngestStrategy(
            String name,
            PublishSettings settings,
            CachedStreamLookup lookUp,
            PublishStrategy otherwise,
            ForeignReplies foreign,
            LinkRate rate,
            LongSupplier clock) {
        this.name = name;
        this.settings = settings;
        this.lookUp = lookUp;
        this.otherwise = otherwise;
        this.foreign = foreign;
        this.rate = rate;
        this.clock = clock;
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        String old = StreamFeature.FAST.problem(connection.getServerInfo());
        FastPublisher previous = last;
        // A server without batches would store the end of a batch as a message.
        FastBatch unbegun = old == null && previous != null ? conclude(connection, previous) : null;
        if (old == null && settings.mode() == PublishMode.AUTO && previous != null && previous.wasRefused()) {
            old = StreamFeature.FAST.problem("the server that leads the stream does not support batches");
        }
        if (old != null) {
            return openWithout(ErrorCode.SERVER_TOO_OLD, old, connection);
        }
        TargetStream stream = lookUp(connection);
        String noAck = stream == null ? null : ACKS.problem(stream);
        if (noAck != null) {
            throw new MisconfiguredException(ErrorCode.STREAM_UNSUITABLE, noAck);
        }
        if (stream == null) {
            return openWithout(ErrorCode.OTHER_STREAM, StreamFeature.FAST.problem(unknown()), connection);
        }
        MisconfiguredException noBatches = BATCHES.failure(stream);
        if (noBatches != null) {
            return openUntilAllowed(stream, noBatches, previous != null, connection);
        }
        slower = null;
        logMode("fast-ingest batches into stream " + stream.name());
        StreamAdmission admission =
                new StreamAdmission(stream, lookUp.captured(), false, lookUp.subjectIsId(), rate::aheadNanos);
        last = new FastPublisher(
                connection, stream, admission, lookUp.acks(stream), foreign, settings, unbegun, rate, clock);
        return last;
    }

    /** @param lost whether the stream allowed batches before */
    private Publisher openUntilAllowed(
            TargetStream stream, MisconfiguredException noBatches, boolean lost, Connection connection)
            throws IOException, InterruptedException {
        if (settings.mode() == PublishMode.FAST) {
            throw noBatches;
        }
        Publisher opened = openWithout(noBatches.code(), String.valueOf(noBatches.getMessage()), connection);
        slower = opened instanceof AsyncPublisher each ? new Slower(stream, each) : null;
        if (lost) {
            LOG.warn(
                    "{} {}: stream {} has lost allow_batched, probably because another tool has updated the stream without"
                            + " this flag; the task uses publish.mode=async until the flag is back: run nats stream edit {}"
                            + " --allow-fast",
                    ErrorCode.BATCHES_DISABLED,
                    name,
                    stream.name(),
                    stream.name());
        }
        return opened;
    }

    @Override
    public void reconsider(Connection connection) {
        Slower open = slower;
        if (open == null) {
            return;
        }
        try {
            open.stream()
                    .lookUpAgain(connection, Duration.ofNanos(rate.aheadNanos()))
                    .whenComplete((now, failure) -> {
                        if (now != null && BATCHES.problem(now) == null) {
                            open.publisher().retire();
                        }
                    });
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.debug("{}: the stream is looked up a minute later", name, queueFullOrClosed);
        }
    }

    private Publisher openWithout(ErrorCode code, String missing, Connection connection)
            throws IOException, InterruptedException {
        if (settings.mode() == PublishMode.FAST) {
            throw new MisconfiguredException(code, missing);
        }
        slower = null;
        Publisher opened = otherwise.open(connection);
        logMode("asynchronous publishes, one ack each (instead of " + missing + ")");
        last = null;
        return opened;
    }

    /** Finds out what became of the last batch. @return the batch whose first message may still arrive, or null */
    private @Nullable FastBatch conclude(Connection connection, FastPublisher previous)
            throws IOException, InterruptedException {
        FastBatch batch = previous.batch();
        if (batch == null || !batch.hasOpenTail()) {
            return previous.unbegun();
        }
        if (batch.refusedFrom() > 0 && isUnreplicated(previous.stream()) && isUnreplicated(lookUp(connection))) {
            // A single server stores one message after the other. A cluster may have lost some before it refused one.
            batch.conclude(batch.refusedFrom() - 1);
            return null;
        }
        leadIntoStream(connection, batch);
        try {
            // Messages of the lost connection may still be queued on the way, ahead of this end.
            Duration timeout = settings.ackTimeout().plusNanos(rate.aheadNanos());
            return OrphanedBatch.end(connection, batch, lookUp.acks(previous.stream()), foreign, timeout)
                    ? null
                    : batch;
        } catch (IOException unanswered) {
            // No server answers for a deleted stream. That is a misconfiguration, and not an outage.
            lookUp.on(connection);
            throw unanswered;
        }
    }

    /**
     * Replaces the subject of the batch's end if an edit has removed it from the stream.
     *
     * @throws MisconfiguredException if no subject leads into the stream, so that the end cannot reach it
     */
    private void leadIntoStream(Connection connection, FastBatch batch) throws MisconfiguredException {
        TargetStream now;
        try {
            now = lookUp.on(connection);
        } catch (IOException unanswered) {
            LOG.debug("{}: the end of a batch is sent to its own subject", name, unanswered);
            return;
        }
        if (now == null || now.captures(batch.subject()) || !lookUp.captured().wasListed(batch.subject())) {
            return;
        }
        Probe other = Probe.of(lookUp.subjects(), now);
        if (other == null) {
            throw SubjectQuestion.lost(now);
        }
        batch.leadBy(other.subject());
    }

    private static boolean isUnreplicated(@Nullable TargetStream stream) {
        return stream != null && stream.isUnreplicated();
    }

    private @Nullable TargetStream lookUp(Connection connection) throws IOException {
        try {
            TargetStream stream = lookUp.on(connection);
            known = stream != null;
            return stream;
        } catch (IOException e) {
            // A stream that existed has no leader for now.
            if (e instanceof NoStreamException
                    || known
                    || settings.mode() == PublishMode.FAST
                    || ++failedLookups < MAX_LOOKUPS) {
                throw e;
            }
            return null;
        }
    }

    private String unknown() {
        return lookUp.name() == null
                ? StreamRequirements.SEVERAL_STREAMS
                : "stream " + lookUp.name() + " cannot be looked up: grant the user $JS.API.STREAM.INFO";
    }

    private void logMode(String mode) {
        if (!mode.equals(loggedMode)) {
            loggedMode = mode;
            LOG.info("{}: publishes with {}", name, mode);
        }
    }
}
