package io.jetsink;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.stream.StreamCreator;
import io.jetsink.nats.stream.StreamFeature;
import io.jetsink.nats.stream.StreamToCreate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import java.io.IOException;

/** Creates a missing stream ({@code jetstream.stream.create}, {@code kv.bucket.create}) before it opens another strategy. */
final class CreatingStrategy implements PublishStrategy {
    private final PublishStrategy publishers;
    private final JetStreamSettings jetStream;
    private final StreamToCreate wanted;

    CreatingStrategy(PublishStrategy publishers, JetStreamSettings jetStream, StreamToCreate wanted) {
        this.publishers = publishers;
        this.jetStream = jetStream;
        this.wanted = wanted;
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        if (wanted.features().contains(StreamFeature.EXACTLY_ONCE)) {
            StreamFeature.EXACTLY_ONCE.requireFrom(connection.getServerInfo());
        }
        StreamCreator.ensure(connection, jetStream, wanted);
        return publishers.open(connection);
    }
}
