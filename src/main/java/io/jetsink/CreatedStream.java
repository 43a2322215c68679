package io.jetsink;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.stream.StreamCreator;
import io.jetsink.nats.stream.StreamRefusedException;
import io.jetsink.nats.stream.WantedStream;
import io.jetsink.publish.MistakeException;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.PublisherFactory;
import io.jetsink.publish.once.ExactlyOnceMode;
import io.nats.client.Connection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A strategy whose stream is created first, if it is missing ({@code jetstream.stream.create}, {@code kv.bucket.create}).
 */
final class CreatedStream implements PublisherFactory {
    private final PublisherFactory publishers;
    private final JetStreamSettings jetStream;
    private final WantedStream wanted;

    CreatedStream(PublisherFactory publishers, JetStreamSettings jetStream, WantedStream wanted) {
        this.publishers = publishers;
        this.jetStream = jetStream;
        this.wanted = wanted;
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous)
            throws IOException, InterruptedException {
        if (wanted.configuration().getAllowAtomicPublish()) {
            ExactlyOnceMode.checkServer(connection);
        }
        try {
            StreamCreator.ensure(connection, jetStream, wanted);
        } catch (StreamRefusedException e) {
            throw new MistakeException(String.valueOf(e.getMessage()), e);
        }
        return publishers.open(connection, previous);
    }
}
