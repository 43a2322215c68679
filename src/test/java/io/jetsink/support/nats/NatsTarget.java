package io.jetsink.support.nats;

import io.nats.client.Connection;
import java.io.IOException;

/** What messages are published to: a {@link NatsServer} on its own or a {@link NatsCluster}. */
public interface NatsTarget extends AutoCloseable {
    /** As in {@code nats.servers}. */
    String addresses();

    /** A plain connection for the test itself, to any server. */
    Connection connect() throws IOException, InterruptedException;

    @Override
    void close();
}
