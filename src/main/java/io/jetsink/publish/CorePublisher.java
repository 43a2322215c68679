package io.jetsink.publish;

import io.jetsink.config.ShownText;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
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
    private final int window;
    private final String replies;
    private long written = -1;
    private long told = -1;

    private final LostMessages lost;

    private CorePublisher(Connection connection, AckSource source, ForeignAnswers foreign, int window, LostMessages lost) {
        this.connection = connection;
        this.window = window;
        this.lost = lost;
        this.replies = connection.createInbox();
        Answers answers = new Answers(source, foreign, lost);
        Dispatcher dispatcher = connection.createDispatcher(answers::read);
        // jnats' own limits drop replies; here nothing is kept, so nothing can pile up.
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe(replies);
    }

    static PublisherFactory factory(int window, StreamLookUp lookUp, ForeignAnswers foreign, LostMessages lost) {
        return (connection, previous) -> new CorePublisher(connection, lookUp.acks(), foreign, window, lost);
    }

    @Override
    public int window() {
        return window;
    }

    @Override
    public boolean publish(long position, Publication publication) {
        OutboundMessage message = publication.message();
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

    /** A message was denied. The others on this connection count as delivered and must not be lost with it. */
    @Override
    public boolean endures(Denied denied) {
        lost.count("the user of nats.auth.* may not publish to " + ShownText.of(denied.subject()));
        return true;
    }

    /** All that comes to the one reply subject. Confined to the connection's dispatcher. */
    private static final class Answers {
        private final AckSource source;
        private final ForeignAnswers foreign;
        private final LostMessages lost;
        private final AckScanner scanner = new AckScanner();

        Answers(AckSource source, ForeignAnswers foreign, LostMessages lost) {
            this.source = source;
            this.foreign = foreign;
            this.lost = lost;
        }

        void read(Message message) {
            byte[] data = message.getData();
            if (!message.isStatusMessage() && scanner.isAck(data)) {
                return;
            }
            Answer answer = source.read(message, true);
            switch (answer.kind()) {
                case ACK -> scanner.learn(data);
                case REFUSED, STATUS -> lost.count(FailureTriage.reason(answer.cause()));
                case FOREIGN -> foreign.ignored(null, answer, source);
            }
        }
    }
}
