package io.jetsink.publish;

import io.nats.client.Connection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A publishing strategy: opens the publisher of each epoch. */
@FunctionalInterface
public interface PublishStrategy {
    /**
     * Opens the next epoch. Called by the link's background thread, one call at a time; may wait on the server.
     *
     * @param connection the epoch's connection, just opened
     * @param previous the publisher of the epoch before, whose connection is closed by now; null for the first. What is
     *     learnt here about its messages is told by its own {@link Publisher#harvest}.
     * @throws IOException if the epoch cannot begin; the link then tries again with a new connection
     */
    Publisher open(Connection connection, @Nullable Publisher previous) throws IOException, InterruptedException;
}
