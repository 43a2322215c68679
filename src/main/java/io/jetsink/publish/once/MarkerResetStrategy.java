package io.jetsink.publish.once;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resets the markers that an exactly-once run of this connector left in the stream, before another guarantee publishes. That
 * run does not move them, so a later exactly-once run would send its consumer back to them and publish again what was stored
 * meanwhile. A reset marker leaves the position to Kafka.
 *
 * <p><b>Threads.</b> Called by the link's thread.
 */
public final class MarkerResetStrategy implements PublishStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerResetStrategy.class);

    private final String task;
    private final PublishStrategy publishers;
    private final CachedStreamLookup lookUp;
    private final JetStreamSettings settings;
    private final MarkerSubjects markers;
    private final Duration timeout;
    private final String owner = NUID.nextGlobal();
    private boolean done;

    public MarkerResetStrategy(String task, SinkConfig config, PublishStrategy publishers, CachedStreamLookup lookUp) {
        this.task = task;
        this.publishers = publishers;
        this.lookUp = lookUp;
        this.settings = config.jetStream();
        this.markers = MarkerSubjects.of(config);
        this.timeout = config.publish().ackTimeout();
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        // Preflight looks the stream up. A user who may not look it up is not asked about markers either.
        TargetStream stream = done ? null : lookUp.latest();
        if (stream != null) {
            done = true;
            if (stream.captures(markers.filter())) {
                reset(connection, stream);
            }
        }
        return publishers.open(connection);
    }

    private void reset(Connection connection, TargetStream stream) throws InterruptedException {
        try {
            JetStream jetStream = connection.jetStream(
                    JetStreamOptions.builder().requestTimeout(timeout).build());
            for (String subject : stream.management(connection, settings)
                    .getStreamInfo(stream.name(), StreamInfoOptions.filterSubjects(markers.filter()))
                    .getStreamState()
                    .getSubjectMap()
                    .keySet()) {
                reset(connection, jetStream, stream, subject);
            }
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            LOG.warn(
                    "{}: the markers of an exactly-once run stay in stream {} ({}): before the connector is exactly-once"
                            + " again, stop it and run nats stream purge {} --subject '{}'",
                    task,
                    stream.name(),
                    FailureTriage.reason(e),
                    stream.name(),
                    markers.filter());
        }
    }

    private void reset(Connection connection, JetStream jetStream, TargetStream stream, String subject)
            throws IOException, JetStreamApiException, InterruptedException {
        Message answer = connection.request(stream.messageGetSubject(), OffsetMarker.request(subject), timeout);
        if (answer == null) {
            throw new IOException("no answer from " + stream.messageGetSubject());
        }
        OffsetMarker found = OffsetMarker.read(answer);
        if (found.isAbsent() || found.offset() == OffsetMarker.NONE) {
            return;
        }
        OffsetMarker none =
                new OffsetMarker(0, OffsetMarker.NONE, OffsetMarker.NONE, TimestampType.NO_TIMESTAMP_TYPE, owner, "");
        jetStream.publish(none.message(subject, found.sequence(), stream.allowsTtl()));
        LOG.info(
                "{}: marker {} is reset from offset {}: only exactly-once moves markers",
                task,
                subject,
                found.offset());
    }
}
