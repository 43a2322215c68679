package io.jetsink.publish.objects;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.StreamFeature;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;

/** Stores payloads that exceed the message size in an object store ({@code oversize=object-store}). */
public final class ObjectStoreStrategy implements PublishStrategy {
    /** A leader election takes about ten seconds; {@code publish.ack.timeout.ms} is five by default. */
    private static final int ACK_TIMEOUTS = 3;

    private final PublishStrategy publishers;
    private final String connector;
    private final JetStreamSettings jetStream;
    private final CachedStreamLookup lookUp;
    private final ObjectNames names;
    private final Duration ackTimeout;
    private final int added;
    private final LinkRate rate;

    /**
     * @param bucket name of the object store
     * @param lookUp of the stream with the messages
     * @param added bytes of headers that the strategy adds to a message
     * @param rate what the task has measured of its link
     */
    public ObjectStoreStrategy(
            PublishStrategy publishers,
            SinkConfig config,
            String bucket,
            CachedStreamLookup lookUp,
            int added,
            LinkRate rate) {
        this.publishers = publishers;
        this.connector = config.connectorName();
        this.jetStream = config.jetStream();
        this.lookUp = lookUp;
        this.names = new ObjectNames(bucket, connector);
        this.ackTimeout = config.publish().ackTimeout();
        this.added = added;
        this.rate = rate;
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        ObjectUploader upload = new ObjectUploader(
                connector, connection, bucket(connection), ackTimeout.multipliedBy(ACK_TIMEOUTS), rate);
        long limit = limit(connection);
        // Opened last: the wrapped strategy must not open an epoch that does not begin.
        return new ObjectStorePublisher(
                publishers.open(connection),
                upload::store,
                names,
                limit,
                connection.getOptions().getExecutor());
    }

    private ObjectBucket bucket(Connection connection) throws IOException {
        String name = names.bucket();
        ObjectBucket bucket = ObjectBucket.find(connection, jetStream, name, ackTimeout);
        if (bucket == null) {
            throw new MisconfiguredException(
                    ErrorCode.OBJECT_STORE,
                    StreamFeature.OBJECTS.problem(
                            "there is no object store " + name + ": create it with nats object add " + name
                                    + ", or correct " + OversizeSettings.BUCKET_CONFIG));
        }
        String problem = StreamRequirements.of(StreamFeature.OBJECTS).problem(bucket.stream());
        if (problem != null) {
            throw new MisconfiguredException(ErrorCode.STREAM_UNSUITABLE, problem);
        }
        return bucket;
    }

    /** Returns the largest message that server and stream accept; an unknown stream has no limit. */
    private long limit(Connection connection) throws IOException {
        TargetStream stream = lookUp.on(connection);
        long own = stream == null ? -1 : stream.maxMessageSize();
        return Math.min(connection.getMaxPayload(), own > 0 ? own : Long.MAX_VALUE) - added;
    }
}
