package io.jetsink.tool;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.SinkConfig;
import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.ConnectionEvents;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OpenConnection;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.once.BatchHeaders;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection to the servers and the stream of a connector. Publishes nothing into the stream. */
final class NatsAccess implements AutoCloseable {
    private static final int QUEUE = 1_000;

    private final SinkConfig config;
    private final NatsConnector connector;
    private final OpenConnection opened;

    private NatsAccess(SinkConfig config, NatsConnector connector, OpenConnection opened) {
        this.config = config;
        this.connector = connector;
        this.opened = opened;
    }

    /**
     * Connects as a task does.
     *
     * @throws ToolException if no server can be connected to
     */
    static NatsAccess connect(SinkConfig config) throws InterruptedException {
        String name = config.connectorName() + "-jetsink";
        NatsConnector connector =
                new NatsConnector(config.connection(), name, config.publish().ackTimeout(), QUEUE);
        try {
            return new NatsAccess(config, connector, connector.connect(List.of(), () -> new ConnectionEvents() {}));
        } catch (ConnectFailedException e) {
            connector.close();
            throw new ToolException(FailureTriage.describe(e), null);
        }
    }

    Connection connection() {
        return opened.connection();
    }

    JetStreamSettings settings() {
        return config.jetStream();
    }

    /**
     * Looks the stream up.
     *
     * @param subjects filters that together cover all subjects of the connector
     * @return null if the subjects match several streams
     */
    @Nullable
    TargetStream stream(List<String> subjects) {
        try {
            return new CachedStreamLookup(config.jetStream(), subjects).on(connection());
        } catch (IOException e) {
            throw new ToolException(FailureTriage.describeWithAdvice(e), null);
        }
    }

    /**
     * Returns the bytes of the largest message that server and stream accept.
     *
     * @param stream null if it is not known
     */
    long limit(@Nullable TargetStream stream) {
        long own = stream == null ? -1 : stream.maxMessageSize();
        int added = config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE ? BatchHeaders.BYTES : 0;
        return Math.min(connection().getMaxPayload(), own > 0 ? own : Long.MAX_VALUE) - added;
    }

    @Override
    public void close() {
        opened.close();
        connector.close();
    }
}
