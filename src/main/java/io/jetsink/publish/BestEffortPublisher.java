package io.jetsink.publish;

import io.jetsink.message.LogSafeText;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes without acks ({@code delivery.guarantee=best-effort}): a message is settled by the PONG to a PING that was sent
 * after it, which shows that the server has read the message (ADR 0025). All acks come to one reply subject, where one
 * handler counts those that are errors.
 *
 * <p>One PING is under way at a time and settles all messages before it. The window bounds what is not settled, so that the
 * client's queue always has room for PINGs, however slow the link is.
 *
 * <p><b>Threads.</b> A thread of the connection's pool waits for the PONG; the task thread does everything else.
 */
public final class BestEffortPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(BestEffortPublisher.class);

    private final Connection connection;
    private final int window;
    private final Executor executor;
    private final String replies;

    private final RefusedMessages lost;

    /** Position of the latest message that was published. */
    private volatile long written = -1;
    /** Position up to which everything was reported as settled. */
    private long reported = -1;
    /** Position up to which the server has read everything. Guarded by this. */
    private long confirmed = -1;
    /** Whether a PING is under way. Guarded by this. */
    private boolean pinging;

    /**
     * @param source the stream that may ack
     * @param foreign where answers of others are logged
     * @param lost counts the messages that are refused
     * @param executor runs what waits for a PONG
     */
    BestEffortPublisher(
            Connection connection,
            AckSource source,
            ForeignReplies foreign,
            int window,
            RefusedMessages lost,
            Executor executor) {
        this.connection = connection;
        this.window = window;
        this.lost = lost;
        this.executor = executor;
        this.replies = connection.createInbox();
        Answers answers = new Answers(source, foreign, lost);
        Dispatcher dispatcher = connection.createDispatcher(answers::read);
        // jnats' own limits drop replies; here nothing is kept, so nothing can pile up.
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe(replies);
    }

    public static PublishStrategy factory(
            int window, CachedStreamLookup lookUp, ForeignReplies foreign, RefusedMessages lost) {
        return connection -> new BestEffortPublisher(
                connection,
                lookUp.acks(),
                foreign,
                window,
                lost,
                connection.getOptions().getExecutor());
    }

    @Override
    public int window() {
        return window;
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        MaxPayload.check(message, connection);
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
        long known = confirmed();
        if (known > reported) {
            reported = known;
            outcomes.settledThrough(known);
        }
        ping();
    }

    @Override
    public void flush() {
        ping();
    }

    @Override
    public synchronized boolean await(long position, long nanos) throws InterruptedException {
        ping();
        long deadline = System.nanoTime() + nanos;
        for (long left = nanos; confirmed == reported && pinging && left > 0; left = deadline - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return confirmed > reported || pinging;
    }

    private synchronized long confirmed() {
        return confirmed;
    }

    /** Sends a PING behind what was published, unless one is under way or there is nothing to confirm. */
    private synchronized void ping() {
        if (pinging || written == confirmed) {
            return;
        }
        long through = written;
        try {
            pinging = true;
            executor.execute(() -> ended(isConfirmed() ? through : null));
        } catch (RejectedExecutionException closed) {
            LOG.debug("nothing is confirmed any more, the connection is closed", closed);
            pinging = false;
        }
    }

    /** Waits for the PONG, however long it needs: the watch over the link decides when that is too long. */
    private boolean isConfirmed() {
        try {
            connection.flush(null);
            // jnats returns from flush without a PONG, too, if it is not connected. It never connects again.
            return connection.getStatus() == Connection.Status.CONNECTED;
        } catch (TimeoutException | IllegalStateException lost) {
            LOG.debug("what was written last is not confirmed", lost);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void ended(@Nullable Long through) {
        pinging = false;
        if (through != null) {
            confirmed = through;
        }
        notifyAll();
    }

    /** A message was denied. The others on this connection count as delivered and must not be lost with it. */
    @Override
    public boolean endures(PermissionsViolation denied) {
        lost.count("the user of nats.auth.* may not publish to " + LogSafeText.of(denied.subject()));
        return true;
    }

    /** All that comes to the one reply subject. Confined to the connection's dispatcher. */
    private static final class Answers {
        private final AckSource source;
        private final ForeignReplies foreign;
        private final RefusedMessages lost;
        private final AckScanner scanner = new AckScanner();

        Answers(AckSource source, ForeignReplies foreign, RefusedMessages lost) {
            this.source = source;
            this.foreign = foreign;
            this.lost = lost;
        }

        void read(Message message) {
            byte[] data = message.getData();
            if (!message.isStatusMessage() && scanner.isAck(data)) {
                return;
            }
            JetStreamReply answer = source.read(message, true);
            switch (answer.kind()) {
                case ACK -> scanner.learn(data);
                case REFUSED, STATUS -> lost.count(FailureTriage.reason(answer.cause()));
                case FOREIGN -> foreign.ignored(null, answer, source);
            }
        }
    }
}
