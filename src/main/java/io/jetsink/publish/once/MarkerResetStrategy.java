package io.jetsink.publish.once;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AckInbox;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resets the offset markers that an exactly-once run of this connector left in the stream, before another guarantee publishes.
 * That guarantee does not move them, so a later exactly-once run would send its consumer back to them and publish records
 * again. After a reset Kafka's offsets are the only ones.
 *
 * <p><b>Threads.</b> Called by the background thread.
 */
public final class MarkerResetStrategy implements PublishStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerResetStrategy.class);

    /** Attempts to reset a marker that other writers replace meanwhile. */
    private static final int ATTEMPTS = 10;

    private final String task;
    private final PublishStrategy publishers;
    private final CachedStreamLookup lookUp;
    private final JetStreamSettings settings;
    private final MarkerSubjects markers;
    private final ForeignReplies foreign;
    private final Duration timeout;
    private final String owner = NUID.nextGlobal();
    private boolean done;

    public MarkerResetStrategy(String task, SinkConfig config, PublishStrategy publishers, CachedStreamLookup lookUp) {
        this.task = task;
        this.publishers = publishers;
        this.lookUp = lookUp;
        this.settings = config.jetStream();
        this.markers = MarkerSubjects.of(config);
        this.foreign = new ForeignReplies(task, System::nanoTime);
        this.timeout = config.publish().ackTimeout();
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        // Preflight looks the stream up. A user without that permission may not reset markers either.
        TargetStream stream = done ? null : lookUp.latest();
        if (stream != null) {
            done = true;
            if (stream.captures(markers.filter())) {
                reset(connection, stream);
            }
        }
        return publishers.open(connection);
    }

    @Override
    public void reconsider(Connection connection) {
        publishers.reconsider(connection);
    }

    private void reset(Connection connection, TargetStream stream) throws InterruptedException {
        try (AckInbox requests = new AckInbox(connection, lookUp.acks(stream), foreign)) {
            MarkerStore store = new MarkerStore(connection, requests, stream, () -> timeout);
            for (String subject : store.subjects(settings, markers.filter())) {
                reset(store, subject);
            }
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            LOG.warn(
                    "{} {}: the offset markers of an exactly-once run stay in stream {} ({}): before the connector is exactly-once"
                            + " again, stop the connector and run nats stream purge {} --subject '{}'",
                    ErrorCode.MARKERS_STAY,
                    task,
                    stream.name(),
                    FailureTriage.describe(e),
                    stream.name(),
                    markers.filter());
        }
    }

    /** Resets a marker. All tasks of the connector start together and reset the same markers, so another one may be faster. */
    private void reset(MarkerStore store, String subject) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            OffsetMarker found = store.await(subject);
            if (found.isAbsent() || found.offset() == OffsetMarker.NONE) {
                return;
            }
            try {
                store.replace(subject, found, OffsetMarker.NONE, owner);
                LOG.info(
                        "{}: offset marker {} is reset from offset {}: only exactly-once moves offset markers",
                        task,
                        subject,
                        found.offset());
                return;
            } catch (IOException e) {
                if (!FailureTriage.isWrongLastSequence(e) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
