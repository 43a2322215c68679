package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes without acks ({@code delivery.guarantee=best-effort}): a message is settled by the PONG to a PING that was sent
 * after it, which shows that the server has read the message (ADR 0025). All acks arrive at one reply subject, where errors
 * are counted.
 *
 * <p>One PING is under way at a time and settles all messages before it. The window bounds the number of unsettled messages,
 * so the client's queue always has room for a PING, however slow the link is.
 *
 * <p><b>Threads.</b> A thread of the connection's pool waits for the PONG, its reading thread reads acks, and the task
 * thread does everything else.
 */
public final class BestEffortPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(BestEffortPublisher.class);

    private final Connection connection;
    private final AckSource source;
    private final ForeignReplies foreign;
    private final IntSupplier window;
    private final String connector;
    /** Messages that JetStream or the server refused, without those that were lost with a connection. */
    private final AtomicLong refused;
    /** Runs the tasks that wait for a PONG. */
    private final Executor executor;

    private final String replies;
    private final AckScanner scanner = new AckScanner();

    /** Position of the latest message that was published. */
    private volatile long written = -1;
    /** Position up to which everything was reported as settled. */
    private long reported = -1;
    /** Position up to which the server has read everything. Written under this lock. */
    private volatile long confirmed = -1;
    /** Whether a PING is under way. Guarded by this. */
    private boolean pinging;

    BestEffortPublisher(
            Connection connection,
            AckSource source,
            ForeignReplies foreign,
            IntSupplier window,
            String connector,
            AtomicLong refused,
            Executor executor) {
        this.connection = connection;
        this.source = source;
        this.foreign = foreign;
        this.window = window;
        this.connector = connector;
        this.refused = refused;
        this.executor = executor;
        this.replies = connection.createInbox();
        ReplyReader.subscribe(connection, replies, this::onMessage);
    }

    public static PublishStrategy strategy(
            String connector, IntSupplier window, CachedStreamLookup lookUp, ForeignReplies foreign) {
        AtomicLong refused = new AtomicLong();
        return connection -> new BestEffortPublisher(
                connection,
                lookUp.acks(),
                foreign,
                window,
                connector,
                refused,
                connection.getOptions().getExecutor());
    }

    @Override
    public Mode mode() {
        return Mode.BEST_EFFORT;
    }

    @Override
    public int window() {
        return window.getAsInt();
    }

    @Override
    public boolean publish(long position, PendingRecord record) {
        MessageSender.checkSize(record.message(), 0, connection);
        if (!MessageSender.send(record.message(), replies, connection)) {
            return false;
        }
        written = position;
        return true;
    }

    @Override
    public void harvest(Outcomes outcomes) {
        long known = confirmed;
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

    /** Sends a PING after the published messages, unless one is under way or nothing is unconfirmed. */
    private synchronized void ping() {
        if (pinging || written == confirmed) {
            return;
        }
        long through = written;
        try {
            pinging = true;
            executor.execute(() -> ended(isConfirmed() ? through : confirmed));
        } catch (RejectedExecutionException closed) {
            LOG.debug("nothing is confirmed any more, the connection is closed", closed);
            pinging = false;
        }
    }

    /** Waits for the PONG without a limit: the stall watch decides when that is too long. */
    private boolean isConfirmed() {
        try {
            connection.flush(null);
            // jnats returns from flush without a PONG, too, if it is not connected. It never reconnects.
            return connection.getStatus() == Connection.Status.CONNECTED;
        } catch (TimeoutException | IllegalStateException lost) {
            LOG.debug("the latest messages are not confirmed", lost);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void ended(long through) {
        pinging = false;
        confirmed = through;
        notifyAll();
    }

    /** Counts the denied message. The others on this connection count as delivered, and must not be lost with it. */
    @Override
    public boolean endures(PermissionsViolation denied) {
        refuse("the user of nats.auth.* may not publish to " + LogSafeText.of(denied.subject()));
        return true;
    }

    private void onMessage(Message message) {
        byte[] data = message.getData();
        if (!message.isStatusMessage() && scanner.isAck(data)) {
            return;
        }
        JetStreamReply reply = source.read(message, true);
        switch (reply.kind()) {
            case ACK -> scanner.learn(data);
            case REFUSED, STATUS -> refuse(FailureTriage.describe(reply.cause()));
            case FOREIGN -> foreign.ignored(null, reply, source);
        }
    }

    private void refuse(String reason) {
        long count = refused.incrementAndGet();
        if (Long.bitCount(count) == 1) { // 1, 2, 4, 8, …: never a line per message
            LOG.warn(
                    "{} {}: {} messages were refused and are lost (delivery.guarantee=best-effort); the latest: {}",
                    ErrorCode.MESSAGES_LOST,
                    connector,
                    count,
                    LogSafeText.escaped(reason));
        }
    }
}
