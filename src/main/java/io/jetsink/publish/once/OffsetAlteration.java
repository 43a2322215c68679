package io.jetsink.publish.once;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
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
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the offset markers of a stopped exactly-once connector to the offsets that an operator sets (KIP-875). Each marker is
 * written with a new owner, which fences a task that has not stopped. A failure leaves the markers that were written before it
 * as they are, and the same request moves the rest.
 */
public final class OffsetAlteration implements ConnectionEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetAlteration.class);
    /** Time without progress after which the request fails. Connect's REST interface waits for 90 s. */
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(15);

    private static final long RETRY_MILLIS = 250;
    private static final int QUEUE = 1_024;

    private final String connector;
    private final NatsConnector nats;
    private final JetStreamSettings jetStream;
    private final MarkerSubjects markers;
    private final CachedStreamLookup lookUp;
    private final ForeignReplies foreign;
    private final Duration timeout;
    private final Duration giveUpAfter;
    private final String owner = NUID.nextGlobal();
    private volatile @Nullable String serverError;

    /** @param written filters of all subjects to which the connector publishes */
    public OffsetAlteration(SinkConfig config, List<String> written) {
        this(config, written, GIVE_UP_AFTER);
    }

    OffsetAlteration(SinkConfig config, List<String> written, Duration giveUpAfter) {
        this.giveUpAfter = giveUpAfter;
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
     * @param offsets of the next record to be consumed, or null for no record at all; without any partition, all markers of the
     *     connector are reset, because the consumer group may be gone
     * @throws ConnectException if a marker could not be written
     */
    public void alter(Map<TopicPartition, @Nullable Long> offsets) {
        boolean all = offsets.isEmpty();
        Map<String, Long> left = new TreeMap<>();
        offsets.forEach((partition, next) -> {
            if (next != null && next < 0) {
                throw new ConnectException(ErrorCode.OFFSETS_NOT_ALTERED.text(
                        partition + " cannot be altered to offset " + next + ": offsets begin at 0"));
            }
            left.put(markers.of(partition), next == null ? OffsetMarker.NONE : next - 1);
        });
        long deadline = System.nanoTime() + giveUpAfter.toNanos();
        while (true) {
            int before = left.size();
            try {
                attempt(all, left);
                return;
            } catch (NoStreamException e) {
                LOG.info("{}: {}; so there is no offset marker to alter", connector, e.getMessage());
                return;
            } catch (UnrecoverableException | MisconfiguredException e) {
                throw failed(FailureTriage.describe(e), e);
            } catch (IOException | JetStreamApiException | IllegalStateException e) {
                if (left.size() < before) {
                    deadline = System.nanoTime() + giveUpAfter.toNanos();
                } else if (System.nanoTime() - deadline > 0) {
                    throw failed(FailureTriage.describe(e) + serverErrorText(), e);
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

    /** @param left the offset to be written to each marker, by the marker's subject; written ones are removed */
    private void attempt(boolean all, Map<String, Long> left)
            throws IOException, JetStreamApiException, InterruptedException {
        try (OpenConnection link = nats.connect(List.of(), () -> this)) {
            Connection connection = link.connection();
            TargetStream stream = ExactlyOnceStrategy.target(connection, lookUp, markers);
            try (AckInbox requests = new AckInbox(connection, lookUp.acks(stream), foreign)) {
                MarkerStore store = new MarkerStore(connection, requests, stream, () -> timeout);
                if (all) {
                    store.subjects(jetStream, markers.filter())
                            .forEach(subject -> left.put(subject, OffsetMarker.NONE));
                }
                Iterator<Map.Entry<String, Long>> entries = left.entrySet().iterator();
                while (entries.hasNext()) {
                    Map.Entry<String, Long> entry = entries.next();
                    move(store, entry.getKey(), entry.getValue());
                    entries.remove();
                }
            }
        }
    }

    private void move(MarkerStore store, String subject, long offset) throws IOException, InterruptedException {
        OffsetMarker found = store.await(subject);
        if (found.isAbsent()) {
            // The partition may not exist. If it does, Kafka's offset is the only one.
            LOG.info("{}: there is no offset marker {}", connector, subject);
            return;
        }
        store.replace(subject, found, offset, owner);
        LOG.info("{}: offset marker {} is moved from offset {} to {}", connector, subject, found.offset(), offset);
    }

    private String serverErrorText() {
        String error = serverError;
        return error == null ? "" : "; the server reported: " + error;
    }

    private ConnectException failed(String why, Exception cause) {
        return new ConnectException(
                ErrorCode.OFFSETS_NOT_ALTERED.text("the offsets of " + connector
                        + " are left as they were in Kafka, because its offset markers in the stream could"
                        + " not all be altered: " + why + ". Correct this and send the same request again before the"
                        + " connector is resumed"),
                cause);
    }

    /** Explains publishes that are never acked. */
    @Override
    public void serverError(String text) {
        serverError = text;
    }
}
