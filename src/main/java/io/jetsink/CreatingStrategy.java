package io.jetsink;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.stream.StreamCreator;
import io.jetsink.nats.stream.StreamRefusedException;
import io.jetsink.nats.stream.StreamToCreate;
import io.jetsink.publish.MisconfiguredException;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.once.ExactlyOnceStrategy;
import io.nats.client.Connection;
import java.io.IOException;

/**
 * A strategy whose stream is created first, if it is missing ({@code jetstream.stream.create}, {@code kv.bucket.create}).
 */
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
        if (wanted.configuration().getAllowAtomicPublish()) {
            ExactlyOnceStrategy.checkServer(connection);
        }
        try {
            StreamCreator.ensure(connection, jetStream, wanted);
        } catch (StreamRefusedException e) {
            throw new MisconfiguredException(String.valueOf(e.getMessage()), e);
        }
        return publishers.open(connection);
    }
}
