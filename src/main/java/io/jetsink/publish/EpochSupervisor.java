package io.jetsink.publish;

import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an epoch open: one connection and its publisher, and after its end the next, for ever.
 *
 * <p>Called by the task thread; nothing waits, but {@link #close} for as long as it is told.
 */
public interface EpochSupervisor {
    /** The publisher of the epoch that is open, or null while there is none. */
    @Nullable
    Publisher current();

    /** Ends the epoch of this publisher, if it is still open, and begins the next. */
    void giveUp(Publisher publisher, Throwable cause);

    /**
     * Asks the server for a sign of life and gives the epoch up if none comes in two seconds.
     *
     * @param ahead time that what was sent before needs, and that is added to the two seconds
     */
    void probe(Publisher publisher, Duration ahead);

    /** Something was stored: the next pause begins small again. */
    void progressed();

    /** Why there is no epoch, or why the one before this ended. For people. */
    String lastFailure();

    /** Why there will be no epoch until a person changes something, or null: then no more is tried. */
    @Nullable
    ConnectException definite();

    /** Closes everything. What is not done in this time goes on in the background and ends there. */
    void close(Duration patience);
}
