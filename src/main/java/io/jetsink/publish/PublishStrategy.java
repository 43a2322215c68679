package io.jetsink.publish;

import io.nats.client.Connection;
import java.io.IOException;

/** Opens the publisher of each epoch. One object per task, so a strategy can keep what has to outlive an epoch. */
@FunctionalInterface
public interface PublishStrategy {
    /**
     * Opens the next epoch. The supervisor's background thread calls this method, one call at a time; the call may wait for
     * the server. The connection of the epoch before is closed by then. The publisher of that epoch is harvested once more
     * after this method returns, so outcomes of its messages may still be added to it here.
     *
     * @param connection the epoch's connection, just opened
     * @throws IOException if the epoch cannot begin; the supervisor then tries again with a new connection
     */
    Publisher open(Connection connection) throws IOException, InterruptedException;

    /**
     * Looks whether the next epoch would publish in a better mode than the open one, and has the open one end if so. The
     * background thread calls this method at the interval of {@link GracePeriod#reconsider}. The call does not wait.
     *
     * @param connection the connection of the open epoch
     */
    default void reconsider(Connection connection) {
        // Only publish.mode=auto has two modes.
    }
}
