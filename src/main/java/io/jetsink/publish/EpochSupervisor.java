package io.jetsink.publish;

import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an epoch open: one connection and its publisher. When an epoch ends, the next one follows.
 *
 * <p><b>Threads.</b> Called by the task thread. No method waits, except {@link #close}.
 */
public interface EpochSupervisor {
    /** The publisher of the open epoch, or null while none is open. */
    @Nullable
    Publisher currentPublisher();

    /** Ends the epoch of this publisher, if it is still open, and begins the next. */
    void giveUp(Publisher publisher, Throwable cause);

    /**
     * Sends a PING and ends the epoch unless the server answers within two seconds.
     *
     * @param ahead additional time, for the data that was sent before the PING
     */
    void probe(Publisher publisher, Duration ahead);

    /** Notes that a message was stored: the next back-off begins with its shortest pause. */
    void reportProgress();

    /** Why no epoch is open, or why the last one ended, as a text for operators. */
    String lastFailure();

    /** Why no further epoch will be opened; null while epochs are opened. Only a configuration change can help. */
    @Nullable
    ConnectException fatalError();

    /** Closes the connection and the threads. Closing goes on in the background when the timeout has passed. */
    void close(Duration timeout);
}
