package io.jetsink.publish;

import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pipelined publishes with one ack each ({@code publish.mode=async}). With a window of one it is {@code sync}: the next
 * message leaves when the ack of the one before has come, so first copies stay in order through faults too.
 *
 * <p>Only the expected stream settles a message; what others answer is ignored ({@link AckRing}, ADR 0027).
 *
 * <p>Order is kept until a fault: a message that fails is sent again after others behind it were stored. Where the last
 * message of a subject counts, those others are therefore sent again, too: nothing behind the first failure is settled. An
 * id that is in process with another message is no fault of the epoch: that message alone is sent again, after a pause.
 */
public final class AsyncPublisher implements Publisher {
    /** The end of a connection wakes nobody. */
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** A cluster agrees on a message within milliseconds, unless it elects a leader. */
    private static final long IN_PROCESS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Connection connection;
    private final AckSource source;
    private final AckRing acks;
    private final RefusalDiagnosis refusals;
    private final int window;
    private final boolean lastCounts;
    private final LongSupplier clock;
    /** Everything before it was reported. */
    private long harvested = -1;
    /** Everything before it was published. */
    private long end = -1;

    private final Queue<Again> again = new ArrayDeque<>();
    private volatile boolean proven;
    /** Something has to be sent again, and so everything behind it. */
    private boolean broken;

    private record Again(long position, long at) {}

    /**
     * @param source the stream that may ack
     * @param foreign where answers of others are logged
     * @param refusals what it means that a message was not acked
     * @param window how many messages may wait for their ack
     * @param lastCounts whether of several messages of a subject the last one is to be the newest, as in a key-value bucket
     * @param clock nanoseconds that only go forward
     */
    public AsyncPublisher(
            Connection connection,
            AckSource source,
            ForeignReplies foreign,
            RefusalDiagnosis refusals,
            int window,
            boolean lastCounts,
            LongSupplier clock) {
        this.connection = connection;
        this.source = source;
        this.refusals = refusals;
        this.window = window;
        this.lastCounts = lastCounts;
        this.clock = clock;
        this.acks = new AckRing(connection, source, foreign, window, lastCounts);
    }

    /** Whether anything was acked. Any thread. */
    public boolean isProven() {
        return proven;
    }

    @Override
    public int window() {
        return proven ? window : 1;
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        MaxPayload.check(message, connection);
        if (!send(position, message)) {
            return false;
        }
        if (harvested == end) {
            // Nothing is outstanding. The positions that were passed over since may be more than the ring has places.
            harvested = position;
        }
        end = position + 1;
        return true;
    }

    private boolean send(long position, OutboundMessage message) {
        acks.sending(position, message);
        try {
            connection.publish(message.subject(), acks.reply(position), message.headers(), message.payload());
            return true;
        } catch (IllegalStateException queueFullOrClosed) {
            // Not sent. Closed: the link is notified. Full: the server reads nothing, and the stall watch sees that.
            acks.unsent(position);
            return false;
        } catch (IllegalArgumentException unsendable) {
            acks.unsent(position);
            throw new RejectedRecordException(
                    "jnats refuses the message: " + unsendable.getMessage() + ". Change subject.", unsendable);
        }
    }

    @Override
    public void harvest(Outcomes outcomes) {
        for (; harvested < end && !broken; harvested++) {
            if (!acks.isSent(harvested)) {
                continue;
            }
            if (acks.isPending(harvested)) {
                // No answer comes any more once the connection is closed, but those behind may have come.
                if (lastCounts || !isOver()) {
                    break;
                }
                continue;
            }
            if (isAskedAbout(harvested)) {
                break;
            }
            report(harvested, outcomes);
            acks.forget(harvested);
        }
        sendAgain();
    }

    private boolean isOver() {
        return connection.getStatus() == Connection.Status.CLOSED;
    }

    /** Whether the server is asked why nothing was subscribed to the message's subject. */
    private boolean isAskedAbout(long position) {
        OutboundMessage message = acks.message(position);
        return message != null
                && !acks.isAcked(position)
                && !acks.isDuplicate(position)
                && refusals.isOpen(position, message.subject(), acks.failure(position));
    }

    private void report(long position, Outcomes outcomes) {
        if (acks.isAcked(position)) {
            prove();
            outcomes.settled(position);
        } else if (acks.isDuplicate(position)) {
            prove();
            outcomes.duplicate(position);
        } else {
            Exception failure = refusals.cause(position, acks.failure(position));
            if (refusals.isDuplicate(failure)) {
                prove();
                outcomes.duplicate(position);
                return;
            }
            broken = lastCounts && FailureTriage.of(failure) != FailureTriage.Verdict.REJECT;
            outcomes.failed(position, failure);
        }
    }

    private void prove() {
        if (!proven) {
            proven = true;
        }
    }

    /** The messages whose ids were in process. */
    private void sendAgain() {
        for (Long position = acks.inProcess(); position != null; position = acks.inProcess()) {
            again.add(new Again(position, clock.getAsLong() + IN_PROCESS_NANOS));
        }
        for (Again first = again.peek(); first != null && clock.getAsLong() - first.at() >= 0; first = again.peek()) {
            OutboundMessage message = acks.isPending(first.position()) ? acks.message(first.position()) : null;
            if (message != null && !resend(first.position(), message)) {
                return;
            }
            again.remove();
        }
    }

    private boolean resend(long position, OutboundMessage message) {
        try {
            connection.publish(message.subject(), acks.reply(position), message.headers(), message.payload());
            return true;
        } catch (IllegalStateException queueFullOrClosed) {
            // Offered again with the next harvest, if the connection still lives then.
            return false;
        }
    }

    @Override
    public @Nullable IOException ackedElsewhere() {
        JetStreamReply foreign = acks.foreignAck();
        return proven || foreign == null ? null : ForeignReplies.failure(foreign, source);
    }

    @Override
    public void flush() {
        // Each message is acked for itself: there is nothing in hand.
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        if (refusals.await(nanos)) {
            return true;
        }
        long last = Math.min(position, end - 1);
        boolean known = false;
        for (long at = last; at >= harvested; at--) {
            if (acks.isPending(at)) {
                acks.await(at, Math.min(nanos, again.isEmpty() ? WAIT_NANOS : IN_PROCESS_NANOS));
                return true;
            }
            known |= acks.isSent(at);
        }
        return known;
    }
}
