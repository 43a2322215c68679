package io.jetsink.publish.once;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.nats.ConnectionEvents;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OpenConnection;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AckInbox;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.StreamRequests;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the markers of a stopped exactly-once connector to where its offsets are moved (KIP-875). Each is written as a claim
 * is, under a new owner, which fences a task that has outlived the stop. What was written before a failure stays; the same
 * request again completes it.
 */
public final class OffsetAlteration implements ConnectionEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetAlteration.class);
    /** Without a marker written for so long it is given up. Connect's REST waits for 90 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final long RETRY_MILLIS = 250;
    private static final int QUEUE = 1_024;
    private static final byte[] EMPTY = {};

    private final String connector;
    private final NatsConnector nats;
    private final JetStreamSettings jetStream;
    private final MarkerSubjects markers;
    private final CachedStreamLookup lookUp;
    private final ForeignReplies foreign;
    private final Duration timeout;
    private final Duration patience;
    private final String owner = NUID.nextGlobal();
    private volatile @Nullable String serverError;

    /** @param written filters that together cover all subjects that can be written to */
    public OffsetAlteration(SinkConfig config, List<String> written) {
        this(config, written, PATIENCE);
    }

    OffsetAlteration(SinkConfig config, List<String> written, Duration patience) {
        this.patience = patience;
        this.connector = config.connectorName();
        this.foreign = new ForeignReplies(connector, System::nanoTime);
        this.timeout = config.publish().ackTimeout();
        this.nats = new NatsConnector(config.connection(), connector + "-offsets", timeout, QUEUE);
        this.jetStream = config.jetStream();
        this.markers = MarkerSubjects.of(config);
        this.lookUp = new CachedStreamLookup(jetStream, written);
    }

    /**
     * Moves the marker of each partition that has one.
     *
     * @param offsets of the next record to be consumed; null: there is nothing in the stream. No partition at all: all
     *     markers of the connector are reset, which is what is left to do when the consumer group is gone.
     * @throws ConnectException if not all of them could be written
     */
    public void alter(Map<TopicPartition, @Nullable Long> offsets) {
        boolean all = offsets.isEmpty();
        Map<String, Long> left = new TreeMap<>();
        offsets.forEach((partition, next) -> {
            if (next != null && next < 0) {
                throw new ConnectException(partition + " cannot be altered to offset " + next + ": offsets begin at 0");
            }
            left.put(markers.of(partition), next == null ? OffsetMarker.NONE : next - 1);
        });
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            int before = left.size();
            try {
                attempt(all, left);
                return;
            } catch (NoStreamException e) {
                LOG.info("{}: {}; so there is no marker to alter", connector, e.getMessage());
                return;
            } catch (UnrecoverableException | MisconfiguredException e) {
                throw failed(FailureTriage.reason(e), e);
            } catch (IOException | JetStreamApiException | IllegalStateException e) {
                if (left.size() < before) {
                    deadline = System.nanoTime() + patience.toNanos();
                } else if (System.nanoTime() - deadline > 0) {
                    throw failed(FailureTriage.reason(e) + complaint(), e);
                }
                LOG.debug("{}: altering markers is tried again", connector, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("interrupted", e);
            }
            new CompletableFuture<Void>()
                    .completeOnTimeout(null, RETRY_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    @Override
    public void close() {
        nats.close();
    }

    /** @param left what is left to do: the new offset of each marker's subject, taken out when it is written */
    private void attempt(boolean all, Map<String, Long> left)
            throws IOException, JetStreamApiException, InterruptedException {
        try (OpenConnection link = nats.connect(List.of(), () -> this)) {
            Connection connection = link.connection();
            TargetStream stream = ExactlyOnceStrategy.target(connection, lookUp, markers);
            if (all) {
                stream.management(connection, jetStream)
                        .getStreamInfo(stream.name(), StreamInfoOptions.filterSubjects(markers.filter()))
                        .getStreamState()
                        .getSubjectMap()
                        .keySet()
                        .forEach(subject -> left.put(subject, OffsetMarker.NONE));
            }
            try (AckInbox requests = new AckInbox(connection, lookUp.acks(stream), foreign)) {
                Iterator<Map.Entry<String, Long>> entries = left.entrySet().iterator();
                while (entries.hasNext()) {
                    Map.Entry<String, Long> entry = entries.next();
                    write(connection, requests, stream, entry.getKey(), entry.getValue());
                    entries.remove();
                }
            }
        }
    }

    private void write(Connection connection, StreamRequests requests, TargetStream stream, String subject, long offset)
            throws IOException, InterruptedException {
        Message answer = connection.request(stream.messageGetSubject(), OffsetMarker.request(subject), timeout);
        if (answer == null) {
            throw new IOException("no answer from " + stream.messageGetSubject());
        }
        OffsetMarker found = OffsetMarker.read(answer);
        if (found.isAbsent()) {
            // Kafka's offset alone decides then, as it does whether there is such a partition.
            LOG.info("{}: there is no marker {}", connector, subject);
            return;
        }
        OffsetMarker altered =
                new OffsetMarker(0, offset, OffsetMarker.NONE, TimestampType.NO_TIMESTAMP_TYPE, owner, "");
        try {
            requests.store(subject, altered.headers(found.sequence(), stream.allowsTtl()), EMPTY)
                    .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("the marker " + subject + " is not acked: " + FailureTriage.reason(e), e);
        }
        LOG.info("{}: marker {} is moved from offset {} to {}", connector, subject, found.offset(), offset);
    }

    private String complaint() {
        String said = serverError;
        return said == null ? "" : "; the server said: " + said;
    }

    private ConnectException failed(String why, Exception cause) {
        return new ConnectException(
                "the offsets of " + connector
                        + " are left as they were in Kafka, because its markers in the stream could"
                        + " not all be altered: " + why + ". Mend that and send the same request again before the"
                        + " connector is resumed",
                cause);
    }

    @Override
    public void lost(IOException cause) {
        LOG.debug("{}: lost while altering markers", connector, cause);
    }

    /** Explains publishes that are never acked. */
    @Override
    public void serverError(String text) {
        serverError = text;
    }

    @Override
    public void clientError(Exception error) {
        LOG.debug("{}: reported by the NATS client", connector, error);
    }

    @Override
    public void lameDuck() {
        LOG.debug("{}: the server is shutting down", connector);
    }

    @Override
    public void discovered(List<String> servers) {
        LOG.trace("{}: servers {}", connector, servers);
    }
}
