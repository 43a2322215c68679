package io.jetsink.publish;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.KvBucket;
import io.jetsink.nats.NoStreamException;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A strategy whose stream is a key-value bucket, which has to be there and to be one. It is never changed. */
final class BucketTarget implements PublisherFactory {
    private final PublisherFactory publishers;
    private final JetStreamSettings jetStream;
    private final BucketSettings bucket;
    private final boolean purges;

    /**
     * @param jetStream names the bucket's stream
     * @param purges whether keys are to be purged
     */
    BucketTarget(PublisherFactory publishers, JetStreamSettings jetStream, BucketSettings bucket, boolean purges) {
        this.publishers = publishers;
        this.jetStream = jetStream;
        this.bucket = bucket;
        this.purges = purges;
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous)
            throws IOException, InterruptedException {
        String problem = KvBucket.problem(stream(connection), bucket.name(), purges);
        if (problem != null) {
            throw new MistakeException("target=kv: the bucket " + bucket.name() + " " + problem);
        }
        return publishers.open(connection, previous);
    }

    private TargetStream stream(Connection connection) throws IOException {
        try {
            // Never null, as the stream is named.
            return Objects.requireNonNull(TargetStream.find(connection, jetStream, List.of()));
        } catch (NoStreamException none) {
            throw new MistakeException(
                    "target=kv: there is no bucket " + bucket.name() + ": create it with nats kv add " + bucket.name()
                            + ", or set " + BucketSettings.CREATE_CONFIG + "=true");
        }
    }
}
