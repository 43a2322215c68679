package io.jetsink.publish;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Written without waiting ({@code delivery.guarantee=best-effort}): a message counts as delivered when it is in the
 * connection's queue. All acks come to one reply subject, where one handler counts those that are errors.
 */
final class CorePublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(CorePublisher.class);
    private static final Duration FLUSH = Duration.ofMillis(500);

    private final Connection connection;
    private final String replies;
    private long written = -1;
    private long told = -1;

    private CorePublisher(Connection connection, LostMessages lost) {
        this.connection = connection;
        this.replies = connection.createInbox();
        Dispatcher dispatcher = connection.createDispatcher(lost::count);
        // jnats' own limits drop replies; here nothing is kept, so nothing can pile up.
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe(replies);
    }

    static PublisherFactory factory(int window, LostMessages lost) {
        return new PublisherFactory() {
            @Override
            public int window() {
                return window;
            }

            @Override
            public Publisher open(Connection connection, @Nullable Publisher previous) {
                return new CorePublisher(connection, lost);
            }
        };
    }

    @Override
    public boolean publish(long position, OutboundMessage message) {
        PayloadLimit.check(message, connection);
        try {
            connection.publish(message.subject(), replies, message.headers(), message.payload());
        } catch (IllegalStateException queueFullOrClosed) {
            return false;
        } catch (IllegalArgumentException unsendable) {
            throw new RejectedRecordException(
                    "jnats refuses the message: " + unsendable.getMessage() + ". Change subject.", unsendable);
        }
        written = position;
        return true;
    }

    @Override
    public void harvest(Outcomes outcomes) {
        if (written > told) {
            told = written;
            outcomes.settledThrough(written);
        }
    }

    /** So that a clean stop loses nothing: the answer shows that the server has read what was written. */
    @Override
    public void flush() {
        try {
            connection.flush(FLUSH);
        } catch (TimeoutException | IllegalStateException unconfirmed) {
            LOG.debug("the server has not confirmed what was written", unconfirmed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean await(long position, long nanos) {
        return written > told;
    }
}
